// SPDX-License-Identifier: Apache-2.0
// From what a source of labels gives to label tables that can be relied on.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/time.h"
#include "task/entity_keys.h"
#include "task/label_values.h"
#include "task/split.h"

namespace cenote {
namespace {

constexpr int64_t kFewClasses = 100;  // so many may be rare

int sign(bool less, bool greater) { return less ? -1 : greater ? 1 : 0; }

/// Order of two valid values of a column, as append_key_bytes() has it.
int compare(const ColumnData& column, int64_t a, int64_t b) {
  if (column.type == StorageType::utf8) {
    const int order = column.text(a).compare(column.text(b));
    return sign(order<0, order> 0);
  }
  if (column.type == StorageType::float64) {
    const double x = column.reals[static_cast<size_t>(a)], y = column.reals[static_cast<size_t>(b)];
    return sign(x<y, x> y);
  }
  const int64_t x = column.integers[static_cast<size_t>(a)],
                y = column.integers[static_cast<size_t>(b)];
  return sign(x<y, x> y);
}

/// "driverId 7 at 2004-12-02": how a message points at a row.
std::string describe(const Task& task, const RawSplit& raw, int64_t row) {
  const std::string name = task.kind == TaskKind::autocomplete ? "row" : task.entity_column;
  const std::string entity =
      raw.entity.is_valid(row) ? value_text(raw.entity, row) : "without a value";
  const std::string time =
      raw.time.is_valid(row) ? format_time(raw.time.integers[static_cast<size_t>(row)]) : "no time";
  return fmt::format("{} {} at {}", name, entity, time);
}

/// Rows that fell out, with the first of them as an example.
struct Dropped {
  int64_t count = 0;
  int64_t example = -1;

  void add(int64_t row) {
    if (count++ == 0) example = row;
  }
};

void check_time(const Task& task, const RawSplit& raw, int64_t row) {
  const auto refuse = [&](const std::string& why) {
    fail(ErrorCode::bad_input, "task '{}', {} labels: {} ({})", task.name, raw.name, why,
         describe(task, raw, row));
  };
  if (!raw.time.is_valid(row)) refuse("a row has no time");
  const int64_t t = raw.time.integers[static_cast<size_t>(row)];
  if (t == kTimeNever || t == kTimeAlways) refuse("a row has an infinite time");
  if (task.kind == TaskKind::forecast || !raw.seed_times.empty()) {
    if (!std::binary_search(raw.seed_times.begin(), raw.seed_times.end(), t)) {
      refuse(
          "a time is none of the split's seed times, which the SQL finds in timestamps(timestamp)");
    }
    return;
  }
  // The rows of these were chosen by their times.
  if (task.kind == TaskKind::autocomplete || raw.name == kPast) return;
  // Shipped labels: no window may touch two splits.
  const bool train = raw.name == "train", test = raw.name == "test";
  const int64_t begin = train               ? kTimeAlways
                        : raw.name == "val" ? task.val_timestamp
                                            : task.test_timestamp;
  const int64_t end = train ? task.val_timestamp : test ? kTimeNever : task.test_timestamp;
  if (t < begin || (test ? t : window_end(task, t)) > end) {
    refuse(fmt::format("a label window of {} crosses a split (val {}, test {})",
                       task.horizon == 0 ? std::string("length 0") : format_horizon(task),
                       format_time(task.val_timestamp), format_time(task.test_timestamp)));
  }
}

/// The number of a row's window; 1 where there is but one.
int64_t frame_of(const RawSplit& raw, int64_t row) {
  return raw.frame.size() == 0 ? 1 : raw.frame.integers[static_cast<size_t>(row)];
}

/// The rows to keep, sorted by (time, entity, window, label): the last only to make the order of doubles certain.
std::vector<int64_t> keep_rows(const Task& task, const EntityKeys& keys, const EntityKeys& items,
                               const RawSplit& raw, const Hooks& hooks) {
  CENOTE_CHECK(raw.time.type == StorageType::time, bad_input,
               "task '{}', {} labels: the time column '{}' holds {} values, not times", task.name,
               raw.name, task.time_column, to_string(raw.time.type));
  const bool links = task.type == TaskType::link_prediction;
  Dropped unknown, missing, unknown_items;
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < raw.time.size(); ++row) {
    if (!raw.entity.is_valid(row) || !keys.contains(raw.entity, row)) {
      unknown.add(row);
    } else if (!has_label(raw.label, row)) {
      missing.add(row);
    } else if (links && !items.contains(raw.label, row)) {
      unknown_items.add(row);
    } else {
      check_time(task, raw, row);
      rows.push_back(row);
    }
  }
  if (unknown.count > 0) {
    hooks.warn(
        "unknown_entities",
        fmt::format("task '{}': {} of {} {} labels name no row of '{}' up to the test time and are "
                    "dropped, e.g. {}",
                    task.name, unknown.count, raw.time.size(), raw.name, task.entity_table,
                    describe(task, raw, unknown.example)));
  }
  if (missing.count > 0) {
    hooks.warn("null_labels",
               fmt::format("task '{}': {} of {} {} labels have no value and are dropped, e.g. {}",
                           task.name, missing.count, raw.time.size(), raw.name,
                           describe(task, raw, missing.example)));
  }
  if (unknown_items.count > 0) {
    hooks.warn("unknown_items",
               fmt::format("task '{}': {} of {} items of {} labels are no rows of '{}' up to the "
                           "test time and are dropped, e.g. '{}' for {}",
                           task.name, unknown_items.count, raw.time.size(), raw.name,
                           task.item_table, value_text(raw.label, unknown_items.example),
                           describe(task, raw, unknown_items.example)));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](int64_t a, int64_t b) {
    if (const int order = compare(raw.time, a, b); order != 0) return order < 0;
    if (const int order = compare(raw.entity, a, b); order != 0) return order < 0;
    if (frame_of(raw, a) != frame_of(raw, b)) return frame_of(raw, a) < frame_of(raw, b);
    return compare(raw.label, a, b) < 0;
  });
  return rows;
}

void warn_of_doubles(const Task& task, const RawSplit& raw, const std::vector<int64_t>& rows,
                     const Hooks& hooks) {
  Dropped doubles;
  for (size_t i = 1; i < rows.size(); ++i) {
    if (compare(raw.time, rows[i], rows[i - 1]) == 0 &&
        compare(raw.entity, rows[i], rows[i - 1]) == 0 &&
        frame_of(raw, rows[i]) == frame_of(raw, rows[i - 1])) {
      doubles.add(rows[i]);
    }
  }
  if (doubles.count == 0) return;
  hooks.warn(
      "duplicate_labels",
      fmt::format(
          "task '{}': {} of {} {} labels have the entity and time of another and are kept, e.g. {}",
          task.name, doubles.count, rows.size(), raw.name, describe(task, raw, doubles.example)));
}

/// True if a split's labels are all the same (multilabel: in every column).
bool is_constant(const LabelTable& table) {
  for (size_t i = static_cast<size_t>(table.width); i < table.label.size(); ++i) {
    if (table.label[i] != table.label[i - static_cast<size_t>(table.width)]) return false;
  }
  return true;
}

void check_variety(const Task& task, const LabelTable& table, const std::string& split,
                   const Labels& labels, const Hooks& hooks) {
  const bool counts = task.type == TaskType::regression || task.type == TaskType::link_prediction;
  if (counts || table.size() == 0 || !is_constant(table)) return;
  const std::string value = task.type == TaskType::multiclass_classification
                                ? "'" + labels.classes.at(static_cast<size_t>(table.label[0])) + "'"
                                : fmt::format("{}", table.label[0]);
  const std::string text = fmt::format("task '{}': all {} {} labels are {}", task.name,
                                       table.size(), split, table.width == 1 ? value : "the same");
  CENOTE_CHECK(split != "train", bad_input, "{}: there is nothing to learn", text);
  hooks.warn("one_class", text + "; metrics of this split may be undefined");
}

/// A name of each row is no class of it.
void check_classes(const Task& task, const Labels& labels) {
  if (task.type != TaskType::multiclass_classification) return;
  const int64_t rows = labels.train.size();
  CENOTE_CHECK(labels.training_classes <= kFewClasses || labels.training_classes * 2 <= rows,
               bad_input,
               "task '{}': '{}' has {} different values in {} training rows, so most of them tell "
               "nothing of others: it is a name, not a class",
               task.name, task.target_column, labels.training_classes, rows);
}

void warn_of_unseen_classes(const Task& task, const LabelTable& table, const std::string& split,
                            const Labels& labels, const Hooks& hooks) {
  if (task.type != TaskType::multiclass_classification) return;
  int64_t unseen = 0;
  std::string example;
  for (const double label : table.label) {
    if (label < static_cast<double>(labels.training_classes)) continue;
    if (unseen++ == 0) example = labels.classes[static_cast<size_t>(label)];
  }
  if (unseen == 0) return;
  hooks.warn("unseen_classes",
             fmt::format("task '{}': {} of {} {} labels are of classes that training labels do not "
                         "have, e.g. '{}'",
                         task.name, unseen, table.size(), split, example));
}

/// Which window each label is of, and where its seed stands.
void add_frames(const Task& task, const RawSplit& split, const std::vector<int64_t>& rows,
                LabelTable& table) {
  for (const int64_t row : rows) {
    const int64_t frame = frame_of(split, row);
    CENOTE_CHECK(frame >= 1 && frame <= task.frames, bad_input,
                 "task '{}', {} labels: window {} of {} ({})", task.name, split.name, frame,
                 task.frames, describe(task, split, row));
    table.frame.push_back(frame);
    table.frame_time.push_back(
        frame_time(task, split.time.integers[static_cast<size_t>(row)], frame));
  }
}

/// One seed a list, from rows in order of (time, entity, item).
void fold_lists(const RawSplit& split, const std::vector<int64_t>& rows, LabelTable& table) {
  std::vector<int64_t> seeds, items;
  table.item_offsets = {0};
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool same = i > 0 && compare(split.time, rows[i], rows[i - 1]) == 0 &&
                      compare(split.entity, rows[i], rows[i - 1]) == 0;
    if (!same) {
      seeds.push_back(rows[i]);
      table.label.push_back(0);
      table.item_offsets.push_back(table.item_offsets.back());
    } else if (compare(split.label, rows[i], rows[i - 1]) == 0) {
      continue;
    }
    items.push_back(rows[i]);
    table.label.back() += 1;
    ++table.item_offsets.back();
  }
  table.entity = take_rows(split.entity, seeds);
  for (const int64_t row : seeds)
    table.time.push_back(split.time.integers[static_cast<size_t>(row)]);
  table.item = take_rows(split.label, items);
}

}  // namespace

RawSplit take_past(const RawSplit& from, const std::vector<int64_t>& rows) {
  RawSplit out;
  out.name = kPast;
  out.entity = take_rows(from.entity, rows);
  out.time = take_rows(from.time, rows);
  out.label = take_rows(from.label, rows);
  if (from.frame.size() > 0) out.frame = take_rows(from.frame, rows);
  return out;
}

Labels check_labels(const Task& task, const Snapshot& snapshot, RawLabels raw, const Hooks& hooks) {
  const bool by_row = task.kind == TaskKind::autocomplete;
  const bool past = raw[0].name == kPast;
  const bool links = task.type == TaskType::link_prediction;
  const int64_t until = past ? kTimeNever : task.test_timestamp;
  const EntityKeys keys =
      by_row ? EntityKeys() : EntityKeys(task.entity_table, task.entity_column, snapshot, until);
  const EntityKeys items =
      links ? EntityKeys(task.item_table, task.target_column, snapshot, until) : EntityKeys();
  Labels labels;
  std::array<LabelTable*, 3> tables{&labels.train, &labels.val, &labels.test};
  for (size_t i = 0; i < raw.size(); ++i) {
    RawSplit& split = raw[i];
    if (!by_row) split.entity = keys.align(task, split.name, std::move(split.entity));
    if (links) split.label = items.align(task, split.name, std::move(split.label));
    const auto rows = keep_rows(task, keys, items, split, hooks);
    if (rows.empty() && !past) {
      const std::string text =
          fmt::format("task '{}': there are no {} labels ({} rows before checks)", task.name,
                      split.name, split.time.size());
      CENOTE_CHECK(split.name == "test", bad_input, "{}", text);
      hooks.warn("no_test_labels", text);
    }
    LabelTable& table = *tables[i];
    if (links) {
      fold_lists(split, rows, table);
      continue;
    }
    warn_of_doubles(task, split, rows, hooks);
    table.by_row = by_row;
    table.entity = take_rows(split.entity, rows);
    table.time.reserve(rows.size());
    for (const int64_t row : rows)
      table.time.push_back(split.time.integers[static_cast<size_t>(row)]);
    if (task.frames > 1) add_frames(task, split, rows, table);
    split.label = take_rows(split.label, rows);
    split.entity = table.entity;  // what describe() needs from here on
    split.time = take_rows(split.time, rows);
  }
  const auto point = [&](size_t split, int64_t row) {
    return fmt::format("task '{}', {} labels: the target '{}'", task.name, raw[split].name,
                       task.target_column) +
           fmt::format(" of {}", describe(task, raw[split], row));
  };
  if (!links) label_values(task.type, {&raw[0].label, &raw[1].label, &raw[2].label}, point, labels);
  if (past) return labels;
  for (size_t i = 0; i < raw.size(); ++i) {
    check_variety(task, *tables[i], raw[i].name, labels, hooks);
    warn_of_unseen_classes(task, *tables[i], raw[i].name, labels, hooks);
  }
  check_classes(task, labels);
  labels.last_training_time = labels.train.time.back();
  return labels;
}

Labels make_labels(const Task& task, const Snapshot& snapshot, const Hooks& hooks) {
  switch (task.kind) {
    case TaskKind::forecast:
      return check_labels(task, snapshot, labels_from_sql(task, snapshot, hooks), hooks);
    case TaskKind::autocomplete:
      return check_labels(task, snapshot, labels_from_column(task, snapshot, hooks), hooks);
    case TaskKind::external:
      return check_labels(task, snapshot, labels_from_outside(task, snapshot, hooks), hooks);
  }
  fail(ErrorCode::internal, "unknown kind of task");
}

bool has_history(const Task& task) { return task.kind != TaskKind::external || task.horizon > 0; }

Labels make_history(const Task& task, const Snapshot& snapshot, int64_t until, const Hooks& hooks) {
  RawLabels raw;
  if (task.kind == TaskKind::autocomplete) return {};
  if (!has_history(task)) return {};
  raw[0] = past_labels(task, snapshot, until, hooks);
  if (raw[0].time.size() == 0) return {};
  for (size_t i = 1; i < raw.size(); ++i) raw[i] = take_past(raw[0], {});
  return check_labels(task, snapshot, std::move(raw), hooks);
}

}  // namespace cenote
