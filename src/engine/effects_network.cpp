// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "engine/effects.h"
#include "feature/explain.h"
#include "train/attribution.h"

namespace cenote {
namespace {

/// "position in 12 results (by results.driverId)", "year of the races row of its results".
std::string way_text(const Prepared& prepared, const std::vector<int32_t>& path, int32_t table,
                     const std::string& column, size_t rows) {
  const auto name = [&](int32_t relation) {
    return prepared.schema.tables[prepared.graph.row_table(relation)].name;
  };
  const std::string& own = prepared.schema.tables[table].name;
  std::string out = rows == 1 ? fmt::format("{} of the {} row", column, own)
                              : fmt::format("{} in {} {}", column, rows, own);
  if (path.empty()) return out;
  // Several links may lead to one table.
  out += fmt::format(" (by {})", prepared.graph.links[path.back() / 2].name);
  for (size_t i = path.size() - 1; i-- > 0;) out += fmt::format(" of its {}", name(path[i]));
  return out;
}

/// Cells of one column that are reached in one way.
struct Group {
  std::vector<int64_t> rows;
  std::vector<CellPart> cells;
  double amount = 0;
};

SeedEffects effects_of(const NetworkEffects& found, const Prepared& prepared, double average) {
  std::map<std::pair<std::vector<int32_t>, std::pair<int32_t, size_t>>, Group> groups;
  int64_t drawn = 0;
  for (const NetworkEffects::Row& row : found.rows) {
    const bool is_known = row.row < prepared.graph.store.tables[row.table].rows;
    drawn += is_known && !row.path.empty();
    for (size_t c = 0; c < row.amount.size(); ++c) {
      Group& group = groups[{row.path, {row.table, c}}];
      group.amount += row.amount[c];
      group.rows.push_back(row.row);
      if (!is_known) continue;
      const auto column = static_cast<int32_t>(
          prepared.schema.tables[row.table].find_column(prepared.codes[row.table].columns[c].name));
      group.cells.push_back({{row.table, row.row, column}, row.amount[c]});
    }
  }
  SeedEffects out;
  out.average = average;
  Effect rows;
  rows.name.sentence = "how many rows it has and when they happened";
  rows.value = fmt::format("{} rows", drawn);
  rows.amount = found.start - average;
  rows.rows = drawn;
  out.effects.push_back(std::move(rows));
  for (auto& [place, group] : groups) {
    const auto& [path, column_of] = place;
    const auto [table, c] = column_of;
    Effect effect;
    const Table& of_rows = prepared.schema.tables[table];
    effect.name.table = of_rows.name;
    effect.name.column = prepared.codes[table].columns[c].name;
    effect.name.link = link_text(prepared.graph, path);
    effect.name.sentence = way_text(prepared, path, table, effect.name.column, group.rows.size());
    effect.value = describe_cells(
        prepared, table, static_cast<int32_t>(of_rows.find_column(effect.name.column)), group.rows);
    effect.amount = group.amount;
    effect.rows = static_cast<int64_t>(group.rows.size());
    effect.cells = std::move(group.cells);
    out.effects.push_back(std::move(effect));
  }
  return out;
}

}  // namespace

std::vector<SeedEffects> explain_network(const Network& network, const ModelContext& context,
                                         const OutputScale& scale, const Prepared& prepared,
                                         const std::vector<double>& average,
                                         const EffectsRequest& request, ThreadPool& threads,
                                         const Hooks& hooks) {
  Attribution attribution(network, context, scale, threads);
  std::vector<SeedEffects> out;
  for (size_t s = 0; s < request.seeds.size(); ++s) {
    const int64_t output = request.output[s];
    out.push_back(effects_of(attribution.explain(request.seeds[s], output, hooks.cancelled),
                             prepared, average[output]));
    Progress progress;
    progress.phase = "explain";
    progress.done = static_cast<int64_t>(s) + 1;
    progress.total = static_cast<int64_t>(request.seeds.size());
    hooks.report(progress);
  }
  return out;
}

}  // namespace cenote
