// SPDX-License-Identifier: Apache-2.0
// Where labels come from: a forecast's SQL, a column of the database, or files that come with the task.
#include <filesystem>

#include "base/check.h"
#include "base/time.h"
#include "database/parquet_file.h"
#include "task/split.h"

namespace cenote {
namespace {

constexpr std::array<const char*, 3> kSplits{"train", "val", "test"};

/// Seed times of the three splits, checked to leave something to learn from.
std::array<std::vector<int64_t>, 3> checked_times(const Task& task, const Snapshot& snapshot) {
  const TimeRange until_test = row_times(snapshot, task.test_timestamp);
  const TimeRange all = row_times(snapshot, kTimeNever);
  SeedTimes times = make_seed_times(task, until_test.first, all.last);
  const std::string horizon = format_duration(task.horizon);
  CENOTE_CHECK(task.test_timestamp - task.val_timestamp >= task.horizon, bad_input,
               "task '{}': a label window of {} from val_timestamp {} reaches past test_timestamp {}", task.name,
               horizon, format_time(task.val_timestamp), format_time(task.test_timestamp));
  CENOTE_CHECK(task.val_timestamp + task.horizon <= until_test.last, bad_input,
               "task '{}': the database ends at {}, before the first validation window ({}, {}] does", task.name,
               format_time(until_test.last), format_time(task.val_timestamp),
               format_time(task.val_timestamp + task.horizon));
  CENOTE_CHECK(!times.train.empty(), bad_input,
               "task '{}': no training window of {} fits between the first row ({}) and val_timestamp {}",
               task.name, horizon, format_time(until_test.first), format_time(task.val_timestamp));
  return {std::move(times.train), std::move(times.val), std::move(times.test)};
}

/// The database that labels of a split may look at: only test labels see past the test time.
int64_t visible_until(const Task& task, size_t split) { return split < 2 ? task.test_timestamp : kTimeNever; }

QueryResult run_named(const Task& task, const char* split, const Snapshot& snapshot,
                      const std::vector<int64_t>& times, int64_t until) {
  try {
    return run_task_sql(task, snapshot, times, until);
  } catch (const Error& error) {
    fail(error.code(), "task '{}', {} labels: {}", task.name, split, error.what());
  }
}

void append_column(const ColumnData& from, ColumnData& to) {
  const auto shift = static_cast<int64_t>(to.bytes.size());
  to.valid.insert(to.valid.end(), from.valid.begin(), from.valid.end());
  to.integers.insert(to.integers.end(), from.integers.begin(), from.integers.end());
  to.reals.insert(to.reals.end(), from.reals.begin(), from.reals.end());
  for (size_t i = 1; i < from.offsets.size(); ++i) to.offsets.push_back(from.offsets[i] + shift);
  to.bytes += from.bytes;
}

void append_rows(const QueryResult& rows, QueryResult& all) {
  if (all.columns.empty()) {
    all = rows;
    return;
  }
  for (size_t c = 0; c < all.columns.size(); ++c) append_column(rows.columns.at(c), all.columns[c]);
  all.rows += rows.rows;
}

/// SQL of an external task, one seed time at a time: such SQL may look at min(timestamp) and
/// max(timestamp) of its seed times (rel-event's user-repeat does).
RawSplit labels_one_by_one(const Task& task, size_t split, const Snapshot& snapshot,
                           const std::vector<int64_t>& times, const Hooks& hooks) {
  QueryResult all;
  for (const int64_t t : times) {
    CENOTE_CHECK(!hooks.is_cancelled(), cancelled, "cancelled while making labels");
    append_rows(run_named(task, kSplits[split], snapshot, {t}, visible_until(task, split)), all);
  }
  // Without seed times there is still a result, of no rows.
  if (times.empty()) all = run_named(task, kSplits[split], snapshot, {}, visible_until(task, split));
  return pick_columns(task, kSplits[split], std::move(all));
}

}  // namespace

RawLabels labels_from_sql(const Task& task, const Snapshot& snapshot, const Hooks& hooks) {
  auto times = checked_times(task, snapshot);
  RawLabels raw;
  for (size_t i = 0; i < raw.size(); ++i) {
    report_split(hooks, static_cast<int64_t>(i));
    raw[i] = pick_columns(task, kSplits[i], run_named(task, kSplits[i], snapshot, times[i], visible_until(task, i)));
    raw[i].seed_times = std::move(times[i]);
  }
  return raw;
}

RawLabels labels_from_column(const Task& task, const Snapshot& snapshot, const Hooks& hooks) {
  // RelBench's bounds, with its step of one second: train (first, val - 1 s], val (val, test - 1 s],
  // test (test, last].
  const int64_t first = row_times(snapshot, task.test_timestamp).first;
  const int64_t last = row_times(snapshot, kTimeNever).last;
  const std::array<int64_t, 3> after{first, task.val_timestamp, task.test_timestamp};
  const std::array<int64_t, 3> until{task.val_timestamp - kMicrosPerSecond, task.test_timestamp - kMicrosPerSecond,
                                     last};
  const auto columns = snapshot.read_columns(task.entity_table, {task.time_column, task.target_column});
  const ColumnData &time = columns.at(0), &target = columns.at(1);
  RawLabels raw;
  for (size_t i = 0; i < raw.size(); ++i) {
    report_split(hooks, static_cast<int64_t>(i));
    std::vector<int64_t> rows;
    raw[i].name = kSplits[i];
    raw[i].entity = make_column(StorageType::int64);
    for (int64_t row = 0; row < time.size(); ++row) {
      const int64_t t = time.integers[static_cast<size_t>(row)];
      if (!time.is_valid(row) || t <= after[i] || t > until[i]) continue;
      // No value is no question: such rows are left out without a word.
      if (!target.is_valid(row)) continue;
      rows.push_back(row);
      append_integer(raw[i].entity, row);
    }
    raw[i].time = take_rows(time, rows);
    raw[i].label = take_rows(target, rows);
  }
  return raw;
}

RawLabels labels_from_outside(const Task& task, const Snapshot& snapshot, const Hooks& hooks) {
  namespace fs = std::filesystem;
  std::array<fs::path, 3> files;
  std::array<bool, 3> shipped{};
  std::error_code error;
  for (size_t i = 0; i < files.size(); ++i) {
    files[i] = fs::path(task.folder) / (std::string(kSplits[i]) + ".parquet");
    shipped[i] = fs::exists(files[i], error);
  }
  const bool any = shipped[0] || shipped[1] || shipped[2];
  CENOTE_CHECK(any || !task.sql.empty(), not_found,
               "task '{}' is external, but '{}' is not there and the manifest has no sql", task.name,
               files[0].string());
  CENOTE_CHECK(any || task.horizon > 0, bad_input,
               "task '{}' has no label files, and without a timedelta its SQL has no seed times", task.name);
  RawLabels raw;
  std::array<std::vector<int64_t>, 3> times;
  if (!any) times = checked_times(task, snapshot);
  for (size_t i = 0; i < raw.size(); ++i) {
    report_split(hooks, static_cast<int64_t>(i));
    if (!any) {
      raw[i] = labels_one_by_one(task, i, snapshot, times[i], hooks);
      raw[i].seed_times = std::move(times[i]);
      continue;
    }
    CENOTE_CHECK(shipped[i], not_found, "task '{}': '{}' is not there, though other splits have a file", task.name,
                 files[i].string());
    const bool lists = task.type == TaskType::multilabel_classification;
    raw[i] = pick_columns(task, kSplits[i],
                          read_parquet_file(files[i], {task.entity_column, task.time_column, task.target_column},
                                            lists ? task.target_column : std::string()));
  }
  return raw;
}

}  // namespace cenote
