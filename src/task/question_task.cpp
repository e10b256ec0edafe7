// SPDX-License-Identifier: Apache-2.0
#include "task/question_task.h"

#include <algorithm>

#include "base/check.h"
#include "base/time.h"
#include "task/split.h"

namespace cenote {
namespace {

constexpr int64_t kEvalPercent = 15;
constexpr int64_t kMostWindows = 1'000'000;

TaskType type_of(const Question& question) {
  switch (question.kind) {
    case QuestionKind::binary: return TaskType::binary_classification;
    case QuestionKind::multiclass: return TaskType::multiclass_classification;
    case QuestionKind::ranking: return TaskType::link_prediction;
    case QuestionKind::missing:
      if (question.boolean) return TaskType::binary_classification;
      return question.multiclass ? TaskType::multiclass_classification : TaskType::regression;
    default: return TaskType::regression;
  }
}

/// The part of a task that does not depend on times.
Task make_task(const Question& question) {
  Task task;
  task.name = question.name;
  task.question = question.text;
  task.description = question.words.front().second;
  task.kind = question.kind == QuestionKind::missing ? TaskKind::autocomplete : TaskKind::forecast;
  task.type = type_of(question);
  task.entity_table = question.entity_table;
  task.entity_column = question.entity_column;
  task.target_column = question.target_column;
  task.item_table = question.item_table;
  task.k = question.top;
  task.time_column = question.time_column;
  task.horizon = question.horizon;
  task.horizon_months = question.horizon_months;
  task.frames = question.frames;
  task.frame_column = question.frame_column;
  task.frame_length = question.frame_length;
  task.frame_months = question.frame_months;
  task.sql = question.sql;
  task.metric = default_metric(task.type);
  if (question.kind == QuestionKind::missing)
    task.remove_columns.emplace_back(question.entity_table, question.target_column);
  return task;
}

/// The first and last time of the rows that labels are made of.
TimeRange times_of(const Question& question, const Snapshot& snapshot) {
  std::string all;
  for (const std::string& name : question.tables) {
    const std::string time = quote_identifier(snapshot.schema().table(name).time_column);
    all += fmt::format("{}SELECT min({}) AS first, max({}) AS last FROM main.{}",
                       all.empty() ? "" : " UNION ALL ", time, time, quote_identifier(name));
  }
  const QueryResult range =
      snapshot.query(fmt::format("SELECT min(first) AS first, max(last) AS last FROM ({})", all));
  CENOTE_CHECK(range.columns.at(0).is_valid(0), bad_input,
               "no row of {} has a time, so there is nothing to learn",
               join_names(question.tables));
  return {range.columns[0].integers[0], range.columns[1].integers[0]};
}

/// Windows of months begin with a month, those of days with a day.
int64_t round_down(const Task& task, int64_t t) {
  CivilTime civil = to_civil(t);
  if (task.horizon_months > 0) civil.day = 1;
  if (task.horizon_months > 0 || task.horizon % kMicrosPerDay == 0)
    civil.hour = civil.minute = civil.second = civil.microsecond = 0;
  return from_civil(civil);
}

/// The time `count` windows before t.
int64_t before(const Task& task, int64_t t, int64_t count) {
  return task.horizon_months > 0 ? add_months(t, -count * task.horizon_months)
                                 : t - count * task.horizon;
}

void choose_windows(const Question& question, const Snapshot& snapshot, int64_t eval_times,
                    Task& task) {
  const TimeRange range = times_of(question, snapshot);
  const int64_t last = round_down(task, range.last);
  int64_t windows = 0;
  while (windows < kMostWindows && before(task, last, windows + 1) >= range.first) ++windows;
  CENOTE_CHECK(windows >= 3, bad_input,
               "the rows of {} reach from {} to {}, which holds {} windows of {}; training, "
               "validation and test need one "
               "each (give val and test times, or ask about a shorter time)",
               join_names(question.tables), format_time(range.first), format_time(range.last),
               windows, format_horizon(task));
  const int64_t eval = std::clamp<int64_t>(windows * kEvalPercent / 100, 1, eval_times);
  task.num_eval_timestamps = eval;
  task.test_timestamp = before(task, last, eval);
  task.val_timestamp = before(task, last, 2 * eval);
}

/// Of missing values: by the number of rows.
void choose_rows(const Question& question, const Snapshot& snapshot, Task& task) {
  const std::string time = quote_identifier(question.time_column);
  const QueryResult found = snapshot.query(fmt::format(
      "SELECT quantile_disc({0}, {1}) AS val, quantile_disc({0}, {2}) AS test FROM main.{3} WHERE "
      "{4} IS NOT NULL",
      time, static_cast<double>(100 - 2 * kEvalPercent) / 100,
      static_cast<double>(100 - kEvalPercent) / 100, quote_identifier(question.entity_table),
      quote_identifier(question.target_column)));
  CENOTE_CHECK(found.columns.at(0).is_valid(0), bad_input,
               "no row of '{}' has a value of '{}' and a time", question.entity_table,
               question.target_column);
  task.val_timestamp = found.columns[0].integers[0];
  task.test_timestamp = found.columns[1].integers[0];
  CENOTE_CHECK(task.val_timestamp < task.test_timestamp, bad_input,
               "the rows of '{}' lie at too few times to choose a validation and a test time from: "
               "give both",
               question.entity_table);
}

bool has_times(const Schema& schema) {
  CENOTE_CHECK(schema.val_timestamp.has_value() == schema.test_timestamp.has_value(), bad_input,
               "the {} timestamp is given, but not the {} one",
               schema.val_timestamp ? "val" : "test", schema.val_timestamp ? "test" : "val");
  if (!schema.val_timestamp) return false;
  CENOTE_CHECK(*schema.val_timestamp < *schema.test_timestamp, bad_input,
               "val timestamp {} must come before test timestamp {}",
               format_time(*schema.val_timestamp), format_time(*schema.test_timestamp));
  return true;
}

}  // namespace

AskedTask ask_task(const std::string& text, Snapshot& snapshot, int64_t eval_times) {
  CENOTE_CHECK(eval_times >= 1, bad_input, "at least one evaluation time is needed, got {}",
               eval_times);
  AskedTask out;
  out.split_chosen = !has_times(snapshot.schema());
  // Twice: only the question says how far training sees, and the kind of task depends on the types.
  snapshot.infer_types(snapshot.schema().val_timestamp.value_or(kTimeNever));
  for (int pass = 0; pass < 2; ++pass) {
    out.question = read_question(text, snapshot.schema());
    out.task = make_task(out.question);
    const bool missing = out.question.kind == QuestionKind::missing;
    if (!out.split_chosen) {
      out.task.num_eval_timestamps = eval_times;
      out.task.val_timestamp = *snapshot.schema().val_timestamp;
      out.task.test_timestamp = *snapshot.schema().test_timestamp;
    } else if (missing) {
      choose_rows(out.question, snapshot, out.task);
    } else {
      choose_windows(out.question, snapshot, eval_times, out.task);
    }
    if (pass == 0)
      snapshot.infer_types(missing ? out.task.val_timestamp - kMicrosPerSecond
                                   : before(out.task, out.task.val_timestamp, 1));
  }
  return out;
}

void check_trainable(const AskedTask& asked) {
  const Question& question = asked.question;
  CENOTE_CHECK(question.kind != QuestionKind::missing || !question.filtered, unsupported,
               "missing values are learned from all rows of '{}'; a question about a column takes "
               "no WHERE yet",
               question.entity_table);
}

}  // namespace cenote
