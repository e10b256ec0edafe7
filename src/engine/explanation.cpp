// SPDX-License-Identifier: Apache-2.0
#include "engine/explanation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/time.h"
#include "engine/entity_rows.h"

namespace cenote {
namespace {

/// From the model's own numbers to those that are shown: whatever is done to a prediction after the model is done to
/// both ends, and the effects share the way between them as they shared the model's.
void rescale(SeedEffects& effects, double average, double prediction) {
  double sum = 0, size = 0;
  for (const Effect& effect : effects.effects) {
    sum += effect.amount;
    size += std::abs(effect.amount);
  }
  effects.average = average;
  if (size == 0) {
    // The model does not tell its seeds apart; what it says of all of them is the average.
    effects.average = prediction;
    return;
  }
  const double way = prediction - average;
  // Last bits are spread by size: where the effects cancel out, no factor would be near 1.
  constexpr double kRounding = 1e-5;
  const bool scales = std::abs(way - sum) > kRounding * size && way * sum > 0;
  const double factor = scales ? way / sum : 1;
  const double left = scales ? 0 : (way - sum) / size;
  for (Effect& effect : effects.effects) {
    const double before = effect.amount;
    effect.amount = factor * before + left * std::abs(before);
    const double change = before == 0 ? 1 : effect.amount / before;
    for (CellPart& part : effect.cells) part.amount *= change;
  }
}

/// Rows that a seed can see of its entity: those that refer to it, and those that it refers to.
int64_t count_known_rows(const Prepared& prepared, const Seed& seed) {
  int64_t count = 0;
  for (const GraphLink& link : prepared.graph.links) {
    if (link.parent_table == prepared.entity_table)
      count += visible_children(link, seed.row, seed.cut);
    if (link.child_table != prepared.entity_table || !seed.own_row) continue;
    const int64_t parent = link.parent[seed.row];
    count += parent >= 0 && prepared.graph.store.tables[link.parent_table].time[parent] <= seed.cut;
  }
  return count;
}

/// The key of a row as text, or its number.
std::string row_text(const Prepared& prepared, int32_t table, int64_t row) {
  const Table& of_row = prepared.schema.tables[table];
  std::string out;
  for (const std::string& column : of_row.primary_key) {
    const ColumnData& data = prepared.graph.store.tables[table].columns[of_row.find_column(column)];
    out += (out.empty() ? "" : ", ") + value_text(data, row);
  }
  return of_row.primary_key.empty() ? std::to_string(row) : out;
}

ExplainedCell name_cell(const Prepared& prepared, const Cell& cell, double amount) {
  const Table& table = prepared.schema.tables[cell.table];
  const int64_t time = prepared.graph.store.tables[cell.table].time[cell.row];
  ExplainedCell out;
  out.table = table.name;
  out.row = row_text(prepared, cell.table, cell.row);
  if (time != kTimeAlways && time != kTimeNever) out.time = format_time(time);
  out.amount = amount;
  if (cell.column < 0) return out;
  out.column = table.columns[cell.column].name;
  out.value = describe_cells(prepared, cell.table, cell.column, {cell.row});
  return out;
}

/// The largest of them, added up by cell.
std::vector<ExplainedCell> largest(const Prepared& prepared, const std::map<Cell, double>& sums,
                                   int64_t most) {
  std::vector<std::pair<Cell, double>> order(sums.begin(), sums.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::abs(a.second) > std::abs(b.second);
  });
  std::vector<ExplainedCell> out;
  for (const auto& [cell, amount] : order) {
    if (std::ssize(out) >= most || amount == 0) break;
    out.push_back(name_cell(prepared, cell, amount));
  }
  return out;
}

/// The contributions of one column, or of no column of one table, reached in one way. REQUIRES largest first.
std::vector<ContributionGroup> group(const std::vector<Contribution>& parts) {
  std::vector<ContributionGroup> out;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, size_t> known;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Contribution& part = parts[i];
    const auto [at, fresh] = known.try_emplace(
        {part.table, part.link, part.column, part.table.empty() ? part.sentence : ""}, out.size());
    if (fresh) out.push_back({part.table, part.link, part.column, 0, static_cast<int64_t>(i), 0});
    out[at->second].amount += part.amount;
    ++out[at->second].contributions;
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const ContributionGroup& a, const ContributionGroup& b) {
                     return std::abs(a.amount) > std::abs(b.amount);
                   });
  return out;
}

}  // namespace

Explanation to_explanation(const Prepared& prepared, const Seed& seed, SeedEffects effects,
                           double prediction, int64_t cells) {
  rescale(effects, effects.average, prediction);
  Explanation out;
  out.entity = entity_text(prepared, seed.row);
  out.time = seed.time;
  out.prediction = prediction;
  out.average = effects.average;
  out.known_rows = count_known_rows(prepared, seed);
  std::map<Cell, double> of_row, of_cell;
  for (Effect& effect : effects.effects) {
    for (const CellPart& part : effect.cells) {
      of_row[{part.cell.table, part.cell.row, -1}] += part.amount;
      if (part.cell.column >= 0) of_cell[part.cell] += part.amount;
    }
    if (effect.amount == 0) continue;
    EffectName& name = effect.name;
    out.contributions.push_back({std::move(name.sentence), std::move(effect.value),
                                 std::move(name.table), std::move(name.link),
                                 std::move(name.column), std::move(name.window), effect.amount,
                                 effect.rows});
  }
  std::stable_sort(out.contributions.begin(), out.contributions.end(),
                   [](const Contribution& a, const Contribution& b) {
                     return std::abs(a.amount) > std::abs(b.amount);
                   });
  out.groups = group(out.contributions);
  out.rows = largest(prepared, of_row, cells);
  out.cells = largest(prepared, of_cell, cells);
  return out;
}

}  // namespace cenote
