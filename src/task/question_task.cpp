// SPDX-License-Identifier: Apache-2.0
#include "task/question_task.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/check.h"
#include "base/time.h"
#include "task/split.h"

namespace cenote {
namespace {

constexpr int64_t kEvalPercent = 15;
constexpr int64_t kMostWindows = 1'000'000;
constexpr double kQuietShare = 0.2;   // of the median window that has rows: less is quiet
constexpr double kMostQuiet = 0.02;   // of all rows may lie in quiet windows at either end
constexpr double kLeastShare = 0.05;  // of all rows lie in the windows of test, and of validation

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

/// Rows that labels are made of, by window, backwards from `last`: the first is the latest.
std::vector<int64_t> rows_by_window(const Question& question, const Snapshot& snapshot,
                                    const Task& task, int64_t last, int64_t windows) {
  const CivilTime civil = to_civil(last);
  std::string all;
  for (const std::string& name : question.tables) {
    const std::string time = quote_identifier(snapshot.schema().table(name).time_column);
    const std::string window =
        task.horizon_months > 0
            ? fmt::format("({} - 12 * year({}) - month({})) // {}",
                          12 * civil.year + civil.month - 1, time, time, task.horizon_months)
            : fmt::format("({} - epoch_us({})) // {}", last, time, task.horizon);
    all +=
        fmt::format("{}SELECT {} AS w FROM main.{} WHERE {} <= make_timestamp({})",
                    all.empty() ? "" : " UNION ALL ", window, quote_identifier(name), time, last);
  }
  std::vector<int64_t> rows(static_cast<size_t>(windows));
  const QueryResult counts = snapshot.query(
      fmt::format("SELECT CAST(w AS BIGINT), count(*) FROM ({}) WHERE w >= 0 AND w < {} GROUP BY 1",
                  all, windows));
  for (int64_t i = 0; i < counts.rows; ++i)
    rows[static_cast<size_t>(counts.columns[0].integers[i])] += counts.columns[1].integers[i];
  return rows;
}

/// The windows at one end that hold next to nothing, more than twice as many in a row as anywhere else: rows of a wrong
/// date, or a remainder after a long pause. They are not learned from, and nothing is measured there.
template <typename Iterator>
int64_t quiet_windows(Iterator begin, Iterator end, int64_t total, int64_t most) {
  std::vector<int64_t> busy;
  std::copy_if(begin, end, std::back_inserter(busy), [](int64_t n) { return n > 0; });
  if (busy.empty()) return 0;
  std::nth_element(busy.begin(), busy.begin() + std::ssize(busy) / 2, busy.end());
  const double few = kQuietShare * static_cast<double>(busy[busy.size() / 2]);
  int64_t quiet = 0, rows = 0;
  for (Iterator at = begin; at != end && quiet < most; ++at, ++quiet) {
    rows += *at;
    if (static_cast<double>(*at) >= few ||
        static_cast<double>(rows) > kMostQuiet * static_cast<double>(total))
      break;
  }
  int64_t pause = 0, longest = 0;  // the pause at the other end is none of these
  for (Iterator at = begin + quiet; at != end; ++at) {
    if (static_cast<double>(*at) < few) {
      ++pause;
      continue;
    }
    longest = std::max(longest, pause);
    pause = 0;
  }
  return quiet > 2 * longest ? quiet : 0;
}

void choose_windows(const Question& question, const Snapshot& snapshot, int64_t eval_times,
                    Task& task) {
  const TimeRange range = times_of(question, snapshot);
  int64_t last = round_down(task, range.last);
  int64_t windows = 0;
  while (windows < kMostWindows && before(task, last, windows + 1) >= range.first) ++windows;
  CENOTE_CHECK(windows >= 3, bad_input,
               "the rows of {} reach from {} to {}, which holds {} windows of {}; training, "
               "validation and test need one "
               "each (give val and test times, or ask about a shorter time)",
               join_names(question.tables), format_time(range.first), format_time(range.last),
               windows, format_horizon(task));
  std::vector<int64_t> rows = rows_by_window(question, snapshot, task, last, windows);
  const int64_t total = std::accumulate(rows.begin(), rows.end(), int64_t{0});
  const int64_t late = quiet_windows(rows.begin(), rows.end(), total, windows - 3);
  last = before(task, last, late);
  rows.erase(rows.begin(), rows.begin() + late);
  windows -= late;
  const int64_t early = quiet_windows(rows.rbegin(), rows.rend(), total, windows - 3);
  windows -= early;
  task.first_seed = early > 0 ? before(task, last, windows) : range.first;
  // Where rows come in bursts, the last windows may hold none: as many more as it takes.
  int64_t eval = std::clamp<int64_t>(windows * kEvalPercent / 100, 1, eval_times);
  const auto holds_enough = [&](int64_t begin) {
    const int64_t n =
        std::accumulate(rows.begin() + begin, rows.begin() + begin + eval, int64_t{0});
    return static_cast<double>(n) >= kLeastShare * static_cast<double>(total);
  };
  while (3 * (eval + 1) <= windows && eval < eval_times && !(holds_enough(0) && holds_enough(eval)))
    ++eval;
  task.num_eval_timestamps = eval;
  task.test_timestamp = before(task, last, eval);
  task.val_timestamp = before(task, last, 2 * eval);
}

/// Of a table without time: rows are split by key, and all are asked about after the last row of the database.
void choose_keys(const Snapshot& snapshot, Task& task) {
  const auto& tables = snapshot.schema().tables;
  const bool timed = std::any_of(tables.begin(), tables.end(),
                                 [](const Table& table) { return !table.time_column.empty(); });
  const auto range = timed ? find_row_times(snapshot, kTimeNever) : std::nullopt;
  task.val_timestamp = (range ? range->last : 0) + 2 * kMicrosPerSecond;
  task.test_timestamp = task.val_timestamp + kMicrosPerSecond;
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
    if (splits_by_key(out.task)) {
      choose_keys(snapshot, out.task);
    } else if (!out.split_chosen) {
      out.task.num_eval_timestamps = eval_times;
      out.task.val_timestamp = *snapshot.schema().val_timestamp;
      out.task.test_timestamp = *snapshot.schema().test_timestamp;
      // The first window may begin before the first row, and end after it.
      if (!missing)
        out.task.first_seed = before(out.task, times_of(out.question, snapshot).first, 1);
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
