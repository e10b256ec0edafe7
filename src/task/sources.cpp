// SPDX-License-Identifier: Apache-2.0
// Where labels come from: a forecast's SQL, a column of the database, or files that come with the task.
#include <filesystem>

#include "base/check.h"
#include "base/hash.h"
#include "base/time.h"
#include "database/parquet_file.h"
#include "task/split.h"

namespace cenote {
namespace {

constexpr uint64_t kTestPercent = 15;  // of the rows, where keys decide; as many for validation

constexpr std::array<const char*, 3> kSplits{"train", "val", "test"};

/// Seed times of the three splits, checked to leave something to learn from.
std::array<std::vector<int64_t>, 3> checked_times(const Task& task, const Snapshot& snapshot) {
  const TimeRange until_test = row_times(snapshot, task.test_timestamp);
  const TimeRange all = row_times(snapshot, kTimeNever);
  SeedTimes times = make_seed_times(task, until_test.first, all.last);
  const std::string horizon = format_horizon(task);
  CENOTE_CHECK(
      window_end(task, task.val_timestamp) <= task.test_timestamp, bad_input,
      "task '{}': a label window of {} from val_timestamp {} reaches past test_timestamp {}",
      task.name, horizon, format_time(task.val_timestamp), format_time(task.test_timestamp));
  CENOTE_CHECK(
      window_end(task, task.val_timestamp) <= all.last, bad_input,
      "task '{}': the database ends at {}, before the first validation window ({}, {}] does",
      task.name, format_time(all.last), format_time(task.val_timestamp),
      format_time(window_end(task, task.val_timestamp)));
  CENOTE_CHECK(
      !times.train.empty(), bad_input,
      "task '{}': no training window of {} fits between the first row ({}) and val_timestamp {}",
      task.name, horizon, format_time(until_test.first), format_time(task.val_timestamp));
  return {std::move(times.train), std::move(times.val), std::move(times.test)};
}

/// The database that labels of a split may look at: only test labels see past the test time.
int64_t visible_until(const Task& task, size_t split) {
  return split < 2 ? task.test_timestamp : kTimeNever;
}

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
RawSplit labels_one_by_one(const Task& task, const char* split, const Snapshot& snapshot,
                           const std::vector<int64_t>& times, int64_t until, const Hooks& hooks) {
  QueryResult all;
  for (const int64_t t : times) {
    CENOTE_CHECK(!hooks.is_cancelled(), cancelled, "cancelled while making labels");
    append_rows(run_named(task, split, snapshot, {t}, until), all);
  }
  // Without seed times there is still a result, of no rows.
  if (times.empty()) all = run_named(task, split, snapshot, {}, until);
  return pick_columns(task, split, std::move(all));
}

std::filesystem::path label_file(const Task& task, const char* split) {
  return std::filesystem::path(task.folder) / (std::string(split) + ".parquet");
}

RawSplit read_label_file(const Task& task, const char* split) {
  const bool links = task.type == TaskType::link_prediction;
  const bool lists = links || task.type == TaskType::multilabel_classification;
  return pick_columns(task, split,
                      read_parquet_file(label_file(task, split),
                                        {task.entity_column, task.time_column, task.target_column},
                                        lists ? task.target_column : std::string(),
                                        links ? ListsAs::rows : ListsAs::text));
}

}  // namespace

RawLabels labels_from_sql(const Task& task, const Snapshot& snapshot, const Hooks& hooks) {
  auto times = checked_times(task, snapshot);
  RawLabels raw;
  for (size_t i = 0; i < raw.size(); ++i) {
    report_split(hooks, static_cast<int64_t>(i));
    raw[i] = pick_columns(task, kSplits[i],
                          run_named(task, kSplits[i], snapshot, times[i], visible_until(task, i)));
    raw[i].seed_times = std::move(times[i]);
  }
  return raw;
}

namespace {

/// Rows of a table without time: by what their keys hash to, so that rows that are added move no other.
RawLabels labels_by_key(const Task& task, const Snapshot& snapshot, const Hooks& hooks) {
  const Table& table = snapshot.schema().table(task.entity_table);
  const auto columns =
      snapshot.read_columns(task.entity_table, {table.primary_key.at(0), task.target_column});
  const ColumnData &key = columns.at(0), &target = columns.at(1);
  const std::array<int64_t, 3> time{task.val_timestamp - kMicrosPerSecond, task.val_timestamp,
                                    task.test_timestamp};
  RawLabels raw;
  std::array<std::vector<int64_t>, 3> rows;
  std::string bytes;
  for (int64_t row = 0; row < target.size(); ++row) {
    if (!key.is_valid(row) || !target.is_valid(row)) continue;
    bytes.clear();
    append_key_bytes(key, row, bytes);
    const uint64_t percent = hash_bytes(bytes) % 100;
    rows[percent < 100 - 2 * kTestPercent ? 0
         : percent < 100 - kTestPercent   ? 1
                                          : 2]
        .push_back(row);
  }
  for (size_t i = 0; i < raw.size(); ++i) {
    report_split(hooks, static_cast<int64_t>(i));
    raw[i].name = kSplits[i];
    raw[i].entity = make_column(StorageType::int64);
    raw[i].time = make_column(StorageType::time);
    for (const int64_t row : rows[i]) {
      append_integer(raw[i].entity, row);
      append_integer(raw[i].time, time[i]);
    }
    raw[i].label = take_rows(target, rows[i]);
  }
  return raw;
}

}  // namespace

RawLabels labels_from_column(const Task& task, const Snapshot& snapshot, const Hooks& hooks) {
  if (splits_by_key(task)) return labels_by_key(task, snapshot, hooks);
  // RelBench's bounds, with its step of one second: train (first, val - 1 s], val (val, test - 1 s],
  // test (test, last].
  const int64_t first = row_times(snapshot, task.test_timestamp).first;
  const int64_t last = row_times(snapshot, kTimeNever).last;
  const std::array<int64_t, 3> after{first, task.val_timestamp, task.test_timestamp};
  const std::array<int64_t, 3> until{task.val_timestamp - kMicrosPerSecond,
                                     task.test_timestamp - kMicrosPerSecond, last};
  const auto columns =
      snapshot.read_columns(task.entity_table, {task.time_column, task.target_column});
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
    files[i] = label_file(task, kSplits[i]);
    shipped[i] = fs::exists(files[i], error);
  }
  const bool any = shipped[0] || shipped[1] || shipped[2];
  CENOTE_CHECK(any || !task.sql.empty(), not_found,
               "task '{}' is external, but '{}' is not there and the manifest has no sql",
               task.name, files[0].string());
  CENOTE_CHECK(any || task.horizon > 0, bad_input,
               "task '{}' has no label files, and without a timedelta its SQL has no seed times",
               task.name);
  RawLabels raw;
  std::array<std::vector<int64_t>, 3> times;
  if (!any) times = checked_times(task, snapshot);
  for (size_t i = 0; i < raw.size(); ++i) {
    report_split(hooks, static_cast<int64_t>(i));
    if (!any) {
      raw[i] =
          labels_one_by_one(task, kSplits[i], snapshot, times[i], visible_until(task, i), hooks);
      raw[i].seed_times = std::move(times[i]);
      continue;
    }
    CENOTE_CHECK(shipped[i], not_found,
                 "task '{}': '{}' is not there, though other splits have a file", task.name,
                 files[i].string());
    raw[i] = read_label_file(task, kSplits[i]);
  }
  return raw;
}

namespace {

/// Windows after the last row are empty; more of them than this are a mistake in the time that is asked for.
constexpr int64_t kMostEmptyWindows = 1000;

void check_not_far(const Task& task, int64_t last_row, int64_t until) {
  const double empty = (static_cast<double>(until) - static_cast<double>(last_row)) /
                       static_cast<double>(task.horizon);
  CENOTE_CHECK(
      empty <= static_cast<double>(kMostEmptyWindows), bad_input,
      "task '{}': {} lies {:.0f} windows of {} after the last row of the database ({}); at "
      "most {} may: predict from a nearer time",
      task.name, format_time(until), empty, format_horizon(task), format_time(last_row),
      kMostEmptyWindows);
}

/// All windows of the task's schedule that have closed by `until`.
std::vector<int64_t> closed_windows(const Task& task, const Snapshot& snapshot, int64_t until) {
  const auto range = find_row_times(snapshot, std::min(until, task.test_timestamp));
  if (!range || task.horizon <= 0) return {};
  check_not_far(task, row_times(snapshot, kTimeNever).last, until);
  Task endless =
      task;  // the number of test times is how many are evaluated, not how many there are
  endless.num_eval_timestamps = std::numeric_limits<int64_t>::max();
  SeedTimes times = make_seed_times(task, range->first, range->last);
  const auto later = make_seed_times(endless, range->first, until).test;
  std::vector<int64_t> out = std::move(times.train);
  out.insert(out.end(), times.val.begin(), times.val.end());
  out.insert(out.end(), later.begin(), later.end());
  std::erase_if(out, [&](int64_t t) { return window_end(task, t) > until; });
  return out;
}

/// The rows of shipped label files whose windows have closed.
RawSplit past_of_files(const Task& task, int64_t until) {
  RawSplit past;
  for (size_t i = 0; i < kSplits.size(); ++i) {
    const RawSplit file = read_label_file(task, kSplits[i]);
    std::vector<int64_t> rows;
    for (int64_t row = 0; row < file.time.size(); ++row) {
      const bool closed = file.time.is_valid(row) && file.time.type == StorageType::time &&
                          window_end(task, file.time.integers[static_cast<size_t>(row)]) <= until;
      if (closed) rows.push_back(row);
    }
    if (i == 0) {
      past = take_past(file, rows);
      continue;
    }
    if (rows.empty()) continue;
    CENOTE_CHECK(file.entity.type == past.entity.type && file.label.type == past.label.type,
                 bad_input, "task '{}': the files of its labels hold different types of values",
                 task.name);
    append_column(take_rows(file.entity, rows), past.entity);
    append_column(take_rows(file.time, rows), past.time);
    append_column(take_rows(file.label, rows), past.label);
  }
  return past;
}

}  // namespace

RawSplit past_labels(const Task& task, const Snapshot& snapshot, int64_t until,
                     const Hooks& hooks) {
  if (task.kind == TaskKind::external) {
    std::error_code error;
    int64_t shipped = 0;
    for (const char* split : kSplits)
      shipped += std::filesystem::exists(label_file(task, split), error);
    if (shipped == std::ssize(kSplits)) return past_of_files(task, until);
    if (task.sql.empty()) {
      hooks.warn("no_history",
                 fmt::format("task '{}': its label files are not in '{}', so no entity has a past",
                             task.name, task.folder));
      return {};
    }
  }
  std::vector<int64_t> times = closed_windows(task, snapshot, until);
  if (times.empty()) return {};
  RawSplit past = task.kind == TaskKind::external
                      ? labels_one_by_one(task, kPast, snapshot, times, until, hooks)
                      : pick_columns(task, kPast, run_named(task, kPast, snapshot, times, until));
  past.name = kPast;
  past.seed_times = std::move(times);
  return past;
}

}  // namespace cenote
