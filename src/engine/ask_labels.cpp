// SPDX-License-Identifier: Apache-2.0
#include "engine/ask_labels.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/time.h"
#include "task/split.h"

namespace cenote {
namespace {

constexpr std::array<const char*, 3> kNames{"train", "val", "test"};
// Label SQL often starts from the rows that are there; counting looks at every entity at every time.
constexpr int64_t kMostPairs = 100'000'000;

std::string number_text(double value) { return fmt::format("{:.6g}", value); }

/// How the checked labels of a task read.
void add_table(const AskedTask& asked, const LabelTable& table, const Labels& labels,
               const ColumnData& keys, AskedLabels& out) {
  for (int64_t i = 0; i < table.size(); ++i) {
    const double label = table.label[static_cast<size_t>(i * table.width)];
    out.time.push_back(table.time[static_cast<size_t>(i)]);
    out.entity.push_back(table.by_row
                             ? value_text(keys, table.entity.integers[static_cast<size_t>(i)])
                             : value_text(table.entity, i));
    out.number.push_back(label);
    out.label.push_back(asked.task.type == TaskType::multiclass_classification
                            ? labels.classes.at(static_cast<size_t>(label))
                            : number_text(label));
  }
  out.times = out.time;
  out.times.erase(std::unique(out.times.begin(), out.times.end()), out.times.end());
}

/// Lists and forecasts: what the SQL gives, in the order of label tables.
void add_sql(const AskedTask& asked, const Snapshot& snapshot, int64_t visible_until,
             AskedLabels& out) {
  const Question& question = asked.question;
  const std::string target = quote_identifier(question.target_column);
  const bool ranking = question.kind == QuestionKind::ranking;
  std::string order =
      quote_identifier(question.time_column) + ", " + quote_identifier(question.entity_column);
  if (!question.frame_column.empty()) order += ", " + quote_identifier(question.frame_column);
  Task task = asked.task;
  task.type = TaskType::regression;  // nothing is cast on the way
  task.sql = fmt::format(
      "SELECT * REPLACE (CAST({0} AS VARCHAR) AS {0}), CAST({1} AS DOUBLE) FROM (\n{2}\n) ORDER BY "
      "{3}",
      target, ranking ? "len(" + target + ")" : target, question.sql, order);
  const QueryResult result = run_task_sql(task, snapshot, out.times, visible_until);
  const auto column = [&](const std::string& name) -> const ColumnData& {
    return result.columns.at(static_cast<size_t>(result.find(name)));
  };
  const ColumnData &time = column(question.time_column), &entity = column(question.entity_column),
                   &label = column(question.target_column), &number = result.columns.back();
  for (int64_t i = 0; i < result.rows; ++i) {
    out.time.push_back(time.integers[static_cast<size_t>(i)]);
    out.entity.push_back(value_text(entity, i));
    out.label.push_back(value_text(label, i));
    out.number.push_back(number.reals[static_cast<size_t>(i)]);
    if (!question.frame_column.empty())
      out.frame.push_back(column(question.frame_column).integers[static_cast<size_t>(i)]);
  }
}

std::vector<int64_t> count_pairs(const AskedTask& asked, const Snapshot& snapshot,
                                 const std::vector<int64_t>& times, int64_t visible_until) {
  Task task = asked.task;
  task.sql = asked.question.count_sql;
  task.type = TaskType::regression;
  const QueryResult result = run_task_sql(task, snapshot, times, visible_until);
  std::vector<int64_t> out;
  for (const char* name : {"known", "chosen", "assumed", "empty"})
    out.push_back(result.columns.at(static_cast<size_t>(result.find(name))).integers.at(0));
  return out;
}

}  // namespace

std::vector<AskedLabels> asked_labels(const AskedTask& asked, const Snapshot& snapshot,
                                      const Hooks& hooks) {
  const Task& task = asked.task;
  const QuestionKind kind = asked.question.kind;
  std::vector<AskedLabels> out(3);
  for (size_t i = 0; i < out.size(); ++i) out[i].split = kNames[i];
  const bool shown_by_sql = kind == QuestionKind::ranking || kind == QuestionKind::forecast;
  // Only so it is known whether there is something to learn from.
  if (kind == QuestionKind::ranking) make_labels(task, snapshot, hooks);
  if (!shown_by_sql) {
    const Labels labels = make_labels(task, snapshot, hooks);
    const bool missing = kind == QuestionKind::missing;
    const ColumnData keys =
        missing ? snapshot.read_columns(task.entity_table, {asked.question.entity_key}).at(0)
                : ColumnData();
    const std::array<const LabelTable*, 3> tables{&labels.train, &labels.val, &labels.test};
    for (size_t i = 0; i < out.size(); ++i) add_table(asked, *tables[i], labels, keys, out[i]);
    if (missing) return out;
  }
  SeedTimes seeds = make_seed_times(task, row_times(snapshot, task.test_timestamp).first,
                                    row_times(snapshot, kTimeNever).last);
  out[0].times = std::move(seeds.train);
  out[1].times = std::move(seeds.val);
  out[2].times = std::move(seeds.test);
  for (size_t i = 0; i < out.size(); ++i) {
    report_split(hooks, static_cast<int64_t>(i));
    const int64_t until = i < 2 ? task.test_timestamp : kTimeNever;
    if (shown_by_sql) add_sql(asked, snapshot, until, out[i]);
    const int64_t entities = std::max<int64_t>(1, snapshot.schema().table(task.entity_table).rows);
    if (std::ssize(out[i].times) > kMostPairs / entities) {
      hooks.warn("pairs_not_counted",
                 fmt::format("{} rows of '{}' at {} times of {} are too many pairs to count what "
                             "becomes of each",
                             entities, task.entity_table, out[i].times.size(), out[i].split));
      continue;
    }
    out[i].counts = count_pairs(asked, snapshot, out[i].times, until);
  }
  return out;
}

}  // namespace cenote
