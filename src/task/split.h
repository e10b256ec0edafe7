// SPDX-License-Identifier: Apache-2.0
// A split on its way from a source of labels (SQL, files, a column) to a checked label table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "task/task.h"

namespace cenote {

/// What a source of labels gives for one split, unchecked.
struct RawSplit {
  std::string name;                 // "train", "val", "test"
  ColumnData entity;                // [N] keys as the source has them; autocomplete: rowids
  ColumnData time;                  // [N]
  ColumnData label;                 // [N] of any type; multilabel: texts "[1, 0, 1]"; of links one
                                    // row an item
  std::vector<int64_t> seed_times;  // forecast: the only times allowed, ascending
  ColumnData frame;                 // [N] of a task of several windows; else empty
};

/// Some of the rows, as labels of the past.
RawSplit take_past(const RawSplit& from, const std::vector<int64_t>& rows);

/// train, val, test.
using RawLabels = std::array<RawSplit, 3>;

/// The name of the split that make_history() makes.
inline constexpr const char* kPast = "past";

/// The first and the last row time of all tables that have one.
struct TimeRange {
  int64_t first = 0, last = 0;
};
/// Of the rows with a time <= `until`. Errors    bad_schema if there is none.
TimeRange row_times(const Snapshot& snapshot, int64_t until);
/// The same, or nothing.
std::optional<TimeRange> find_row_times(const Snapshot& snapshot, int64_t until);

// The three sources. Errors and warnings name the task and the split.
RawLabels labels_from_sql(const Task& task, const Snapshot& snapshot, const Hooks& hooks);
RawLabels labels_from_column(const Task& task, const Snapshot& snapshot, const Hooks& hooks);
/// Label files where they are shipped, else the manifest's SQL.
RawLabels labels_from_outside(const Task& task, const Snapshot& snapshot, const Hooks& hooks);

/// Closed windows only, as one split.
RawSplit past_labels(const Task& task, const Snapshot& snapshot, int64_t until, const Hooks& hooks);

/// Takes the three columns of a task out of a result. Errors bad_input listing the columns there are.
RawSplit pick_columns(const Task& task, const std::string& split, QueryResult result);

/// Runs a task's SQL for some seed times. `visible_until` cuts every timed table (inclusive); kTimeNever
/// leaves the tables whole.
QueryResult run_task_sql(const Task& task, const Snapshot& snapshot,
                         const std::vector<int64_t>& seed_times, int64_t visible_until);

/// Tells that split number `split` of three is being made; stops if asked to.
void report_split(const Hooks& hooks, int64_t split);

/// Checks the rows and makes label tables of them: types, entities, times, missing and double labels,
/// classes. Errors and warnings as make_labels(); as make_history() if the first split is the past.
Labels check_labels(const Task& task, const Snapshot& snapshot, RawLabels raw, const Hooks& hooks);

}  // namespace cenote
