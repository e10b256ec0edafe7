// SPDX-License-Identifier: Apache-2.0
// A task: what is asked of a database, and the label tables that make it a learning problem.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cenote/hooks.h"
#include "database/snapshot.h"

namespace cenote {

enum class TaskKind { forecast, autocomplete, external };
enum class TaskType {
  binary_classification,
  regression,
  multiclass_classification,
  multilabel_classification,
  link_prediction
};

std::string_view to_string(TaskKind kind);
std::string_view to_string(TaskType type);
/// The metric that chooses the best epoch where a task names none.
std::string default_metric(TaskType type);

/// A task manifest, read and checked against a schema (docs/formats.md).
struct Task {
  std::string name;
  std::string description;
  TaskKind kind = TaskKind::forecast;
  TaskType type = TaskType::regression;
  std::string entity_table;
  std::string
      entity_column;  // the label table's column that names the entity; empty for autocomplete
  std::string target_column;
  std::string
      item_table;  // link prediction: whose rows are recommended; the target holds their keys
  int64_t k = 0;   // link prediction: how many of them a seed is recommended
  std::string time_column;  // of the label table; autocomplete: the entity table's time column
  int64_t horizon =
      0;  // microseconds; 0 for autocomplete; at least, where horizon_months says more
  int64_t horizon_months = 0;  // > 0: windows and seed times follow the calendar (window_end())
  // FORECAST n TIMEFRAMES: at t there is a label for each of several windows of equal length, one after the other, and
  // the horizon reaches from t to the end of the last.
  int64_t frames = 1;
  std::string frame_column;  // of the label table, 1 to `frames`; empty: one window
  int64_t frame_length = 0;  // microseconds; at least, where frame_months says more
  int64_t frame_months = 0;
  int64_t num_eval_timestamps = 1;
  std::string sql;
  std::vector<std::pair<std::string, std::string>>
      remove_columns;  // (table, column); includes the target's own for autocomplete
  std::string metric;  // decides the best epoch; never empty after loading
  int64_t val_timestamp = 0;
  int64_t test_timestamp = 0;
  int64_t first_seed = INT64_MIN;  // no training seed stands before it
  std::string folder;    // where its label files lie; may be empty
  std::string question;  // the PREDICT text that it was made of; may be empty
};

/// An autocomplete task asks about each row at its own time. Of a table without one (`time_column` is empty) it asks after
/// all rows, and splits the rows by their keys.
bool asks_at_own_time(const Task& task);
bool splits_by_key(const Task& task);

/// The end of the label window that begins at t, and how long it is in words ("30 days", "2 months"). Of several
/// windows: all of them together.
int64_t window_end(const Task& task, int64_t t);
std::string format_horizon(const Task& task);

/// Where the seed of window number `frame` (from 1) stands of those asked about at t: its rows are still those known at t.
int64_t frame_time(const Task& task, int64_t t, int64_t frame);
/// The end of the window of one label, and its length, as seen from the seed's own time (frame_time()).
int64_t label_end(const Task& task, int64_t seed_time);
int64_t label_horizon(const Task& task);

/// Seeds and labels of one split, sorted by (time, entity key, frame).
struct LabelTable {
  ColumnData entity;  // [S] keys of the entity table; `by_row`: the snapshot's rowid instead
  bool by_row = false;
  PagedVector<int64_t> time;  // [S] when it is asked
  // Of several windows; else empty, and seeds stand where they are asked about.
  std::vector<int64_t> frame;       // [S] from 1
  PagedVector<int64_t> frame_time;  // [S] where its seed stands
  std::vector<double> label;        // [S, width] number; 0/1; class index; NaN where unknown
  int64_t width = 1;                // 1, or the number of labels of a multilabel task
  // Link prediction: the keys of each seed's items, in key order, none twice; `label` is their number, at least 1.
  ColumnData item;                    // [items of all seeds]
  std::vector<int64_t> item_offsets;  // [S + 1]
  int64_t size() const { return static_cast<int64_t>(time.size()); }
};

struct Labels {
  LabelTable train, val, test;
  std::vector<std::string>
      classes;  // multiclass: names by index; from training labels, then unseen ones
  int64_t training_classes = 0;    // the first so many of them: a model may know no others
  int64_t last_training_time = 0;  // statistics and vocabularies may look this far
};

/// Loads a task by name from the dataset folder, or from a path to a task manifest.
/// Errors    not_found listing the folder's tasks; bad_input naming the file and the field;
///           bad_schema naming table or column.
/// Warnings  unknown_field: a field of the manifest that is not known, nor like one that is.
Task load_task(const std::string& name_or_path, const Snapshot& snapshot, const Hooks& hooks = {});

/// Where the label files of that task lie, or would lie.
std::string task_folder(const std::string& name_or_path, const Snapshot& snapshot);

/// The tasks in the snapshot's dataset folder, in name order.
std::vector<std::string> task_names(const Snapshot& snapshot);

/// The seed times of the three splits (atlas: train backwards from val, val and test forwards).
struct SeedTimes {
  std::vector<int64_t> train, val, test;  // ascending
};
SeedTimes make_seed_times(const Task& task, int64_t first_time, int64_t last_time);

/// Runs the task's SQL (or reads its label files, or removes its column) and checks what comes out.
/// Errors    bad_input naming the split and an example row: wrong columns, label that is no number, no
///           rows, one class only in training, label window across a split.
/// Empty     a list without items is no label.
/// Warnings  counted, with an example: unknown_entities, unknown_items and null_labels (dropped), duplicate_labels (the
///           same entity and time; kept), unseen_classes (not among training labels), one_class (of val or
///           test), no_test_labels.
Labels make_labels(const Task& task, const Snapshot& snapshot, const Hooks& hooks);

/// Whether labels of the past may be looked back on: it must be known when each of them came to be known. An external
/// task without a timedelta does not say so.
bool has_history(const Task& task);

/// The labels whose windows have closed by `until`, of all splits together, as `train`: what a model that
/// looks back may know at that time. SQL sees no row after `until`; beyond the test time the windows go on
/// one after another. Autocomplete has no such labels.
/// Empty     no row or no closed window: no labels, which is no error.
/// Errors    as make_labels(), but not for want of rows or classes.
/// Warnings  no_history: label files that are not there.
Labels make_history(const Task& task, const Snapshot& snapshot, int64_t until, const Hooks& hooks);

}  // namespace cenote
