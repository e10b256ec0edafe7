// SPDX-License-Identifier: Apache-2.0
// Labels and splits: windows that overlap, entities that are new, what drifts.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/time.h"
#include "engine/check.h"

namespace cenote {
namespace {

constexpr int64_t kMostRows = 20000;
constexpr size_t kMostDrifts = 3;
constexpr double kDrift = 0.3;  // of cumulative shares

int64_t beyond(const Prepared& prepared, const SeedTable& split, int64_t end) {
  return std::count_if(split.seeds.begin(), split.seeds.end(),
                       [&](const Seed& seed) { return label_end(prepared.task, seed.time) > end; });
}

double mean_label(const SeedTable& split) {
  double sum = 0, count = 0;
  for (int64_t i = 0; i < split.size(); ++i) {
    if (std::isnan(split.label[i * split.width])) continue;
    sum += split.label[i * split.width];
    count += 1;
  }
  return sum / count;
}

/// How far two samples lie apart: the largest difference of their cumulative shares, or half the sum of the
/// differences of the shares of their values.
double distance(const ColumnData& column, const std::vector<int64_t>& a,
                const std::vector<int64_t>& b, bool ordered) {
  std::map<double, std::array<double, 2>> numbers;
  std::map<std::string, std::array<double, 2>> texts;
  for (const auto* rows : {&a, &b}) {
    const size_t side = rows == &a ? 0 : 1;
    for (const int64_t row : *rows) {
      const double share = 1 / static_cast<double>(rows->size());
      if (ordered) {
        numbers[column.is_valid(row) ? column.number(row) : -INFINITY][side] += share;
      } else {
        texts[value_text(column, row)][side] += share;
      }
    }
  }
  double most = 0, sum = 0, gap = 0;
  for (const auto& [value, share] : numbers) {
    gap += share[0] - share[1];
    most = std::max(most, std::abs(gap));
  }
  for (const auto& [value, share] : texts) sum += std::abs(share[0] - share[1]) / 2;
  return ordered ? most : sum;
}

/// Rows in [begin, end) of a table that is in order of time, evenly, at most kMostRows.
std::vector<int64_t> take_evenly(int64_t begin, int64_t end) {
  std::vector<int64_t> out;
  const int64_t step = std::max<int64_t>(1, (end - begin) / kMostRows);
  for (int64_t row = begin; row < end; row += step) out.push_back(row);
  return out;
}

void find_drift(const Prepared& prepared, std::vector<CheckFinding>& out) {
  struct Drift {
    double distance;
    std::string table, column;
  };
  std::vector<Drift> drifts;
  for (size_t t = 0; t < prepared.schema.tables.size(); ++t) {
    const StoredTable& table = prepared.graph.store.tables[t];
    if (!table.timed) continue;
    const auto at = [&](int64_t time) {
      return std::upper_bound(table.time.begin(), table.time.end(), time) - table.time.begin();
    };
    const auto old_rows = take_evenly(0, at(prepared.task.val_timestamp));
    const auto new_rows = take_evenly(at(prepared.task.val_timestamp), at(kTimeNever - 1));
    if (old_rows.size() < 100 || new_rows.size() < 100) continue;
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = prepared.schema.tables[t].columns[c];
      const bool ordered = column.type == ColumnType::number;
      if (table.columns[c].size() != table.rows ||
          (!ordered && column.type != ColumnType::category && column.type != ColumnType::boolean))
        continue;
      const double apart = distance(table.columns[c], old_rows, new_rows, ordered);
      if (apart >= kDrift) drifts.push_back({apart, table.name, column.name});
    }
  }
  std::stable_sort(drifts.begin(), drifts.end(),
                   [](const Drift& a, const Drift& b) { return a.distance > b.distance; });
  if (drifts.size() > kMostDrifts) drifts.resize(kMostDrifts);
  for (const Drift& one : drifts)
    out.push_back(
        {kNote, "column_drifts", one.table, one.column,
         fmt::format("'{}.{}' changes over time: its values from {} on differ from those "
                     "before by {:.2f} of 1",
                     one.table, one.column, format_time(prepared.task.val_timestamp), one.distance),
         "a model that hangs on its level ages fast: fit again often"});
}

}  // namespace

std::vector<CheckFinding> check_splits(const Prepared& prepared) {
  std::vector<CheckFinding> out;
  const Task& task = prepared.task;
  if (task.kind != TaskKind::autocomplete && has_history(task)) {
    for (const auto& [name, split, end] :
         {std::tuple{"training", &prepared.train, task.val_timestamp},
          std::tuple{"validation", &prepared.val, task.test_timestamp}}) {
      const int64_t over = beyond(prepared, *split, end);
      if (over == 0) continue;
      out.push_back(
          {kWarning, "window_across_split", "", "",
           fmt::format("the windows of {} of {} {} labels reach beyond {}, where the next "
                       "split begins",
                       over, split->size(), name, format_time(end)),
           "those labels know of rows of the next split: ask less late, or move the "
           "split times"});
    }
  }
  std::set<int64_t> trained;
  for (const Seed& seed : prepared.train.seeds) trained.insert(seed.row);
  const int64_t unseen =
      std::count_if(prepared.test.seeds.begin(), prepared.test.seeds.end(),
                    [&](const Seed& seed) { return !trained.contains(seed.row); });
  if (unseen * 2 > prepared.test.size() && task.kind != TaskKind::autocomplete)
    out.push_back({kNote, "new_entities", task.entity_table, "",
                   fmt::format("{} of {} test seeds are of entities that training has no label of",
                               unseen, prepared.test.size()),
                   "figures of earlier entities say little about them; what is asked of them must "
                   "come from other tables"});
  const double before = mean_label(prepared.train), after = mean_label(prepared.test);
  const bool number = task.type == TaskType::regression;
  if ((number || task.type == TaskType::binary_classification) && prepared.test.size() >= 100 &&
      std::abs(after - before) > 0.25 * std::max(std::abs(before), std::abs(after)))
    out.push_back(
        {kNote, "label_drifts", "", task.target_column,
         fmt::format("the mean label is {:.4g} in training and {:.4g} in test", before, after),
         "the world has changed: trust the newest figures, and fit again often"});
  if (prepared.visibility.protocol == Protocol::frozen && prepared.test.size() > 0) {
    int64_t last = task.test_timestamp;
    for (const Seed& seed : prepared.test.seeds) last = std::max(last, seed.time);
    if (last > task.test_timestamp)
      out.push_back({kNote, "stale", "", "",
                     fmt::format("under the frozen protocol test seeds see a database that is up "
                                 "to {} old",
                                 format_duration(last - task.test_timestamp)),
                     "in production, where the database is fresh, use --protocol rolling"});
  }
  find_drift(prepared, out);
  return out;
}

}  // namespace cenote
