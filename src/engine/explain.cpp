// SPDX-License-Identifier: Apache-2.0
#include "cenote/explain.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/check.h"
#include "base/hash.h"
#include "base/time.h"
#include "engine/entity_rows.h"
#include "engine/run_folder.h"
#include "engine/trained.h"

namespace cenote {
namespace {

/// Seeds whose mean prediction is the average.
constexpr size_t kReferenceSeeds = 256;

/// Seeds of the training time, drawn by content. Where there are none (a task without a history of labels), rows of
/// the entity table as they stood then.
std::vector<Seed> reference_seeds(const Prepared& prepared, uint64_t seed) {
  const StoredTable& entities = prepared.graph.store.tables[prepared.entity_table];
  const int64_t last = prepared.labels.last_training_time;
  std::vector<Seed> all;
  for (const Seed& one : prepared.train.seeds) {
    if (one.time <= last) all.push_back(one);
  }
  if (all.empty()) {
    const bool autocomplete = prepared.task.kind == TaskKind::autocomplete;
    for (int64_t row = 0; row < entities.rows && entities.time[row] <= last; ++row) {
      const bool own_time = autocomplete && entities.time[row] != kTimeAlways;
      all.push_back(entity_seed(prepared, row, own_time ? entities.time[row] : last));
    }
  }
  const auto key = [&](const Seed& one) {
    return hash_combine(hash_combine(seed, entities.key_hash[one.row]),
                        static_cast<uint64_t>(one.time));
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const Seed& a, const Seed& b) { return key(a) < key(b); });
  if (all.size() > kReferenceSeeds) all.resize(kReferenceSeeds);
  return all;
}

/// The latest of the times; "" for the latest of the database if a seed leaves its own open.
std::string latest_asked(const std::vector<ExplainSeed>& seeds) {
  std::string latest;
  for (const ExplainSeed& seed : seeds) {
    if (seed.time.empty()) return "";
    if (latest.empty() || parse_time(seed.time) > parse_time(latest)) latest = seed.time;
  }
  return latest;
}

std::vector<Seed> find_seeds(const Prepared& prepared, const ExplainOptions& options) {
  std::vector<std::string> keys;
  for (const ExplainSeed& seed : options.seeds) keys.push_back(seed.entity);
  const auto rows = entity_rows(prepared, keys);
  const StoredTable& entities = prepared.graph.store.tables[prepared.entity_table];
  std::vector<Seed> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool own_time =
        options.seeds[i].time.empty() && prepared.task.kind == TaskKind::autocomplete;
    out.push_back(entity_seed(prepared, rows[i],
                              !options.seeds[i].time.empty() ? parse_time(options.seeds[i].time)
                              : own_time                     ? entities.time[rows[i]]
                                                             : prepared.at));
  }
  return out;
}

std::vector<std::string> output_names(const Prepared& prepared) {
  std::vector<std::string> out;
  if (prepared.task.type != TaskType::multiclass_classification &&
      prepared.task.type != TaskType::multilabel_classification)
    return out;
  out = prepared.labels.classes;
  for (auto c = static_cast<int64_t>(out.size()); c < prepared.outputs; ++c)
    out.push_back(std::to_string(c));
  return out;
}

/// Which number of each prediction is explained.
std::vector<int64_t> choose_outputs(const Prepared& prepared, const std::string& wanted,
                                    const std::vector<double>& predictions) {
  const int64_t outputs = prepared.outputs;
  const auto names = output_names(prepared);
  CENOTE_CHECK(wanted.empty() || !names.empty(), bad_input,
               "task '{}' predicts one number, so there is no output '{}' to choose",
               prepared.task.name, wanted);
  std::vector<int64_t> out;
  for (size_t i = 0; i < predictions.size(); i += outputs) {
    const auto first = predictions.begin() + static_cast<int64_t>(i);
    out.push_back(std::max_element(first, first + outputs) - first);
    if (wanted.empty()) continue;
    const auto at = std::find(names.begin(), names.end(), wanted);
    CENOTE_CHECK(at != names.end(), bad_input, "task '{}' has no output '{}'; {}",
                 prepared.task.name, wanted, choices_hint(wanted, names));
    out.back() = at - names.begin();
  }
  return out;
}

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

/// Rows that a seed can see of its entity: its own, those that refer to it, those that it refers to.
int64_t count_known_rows(const Prepared& prepared, const Seed& seed) {
  int64_t count = seed.own_row;
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
  out.rows = largest(prepared, of_row, cells);
  out.cells = largest(prepared, of_cell, cells);
  return out;
}

}  // namespace

Explanations explain(const ExplainOptions& options, const Hooks& hooks) {
  CENOTE_CHECK(options.cells >= 0, bad_input, "at least 0 cells can be asked for, got {}",
               options.cells);
  for (const ExplainSeed& seed : options.seeds)
    CENOTE_CHECK(options.split.empty() || !seed.time.empty(), bad_input,
                 "entity '{}' of a split has no time", seed.entity);
  const OpenRun run = open_run(options.run);
  const auto threads = make_threads(options.run.threads);
  const auto at = options.split.empty() ? std::optional(latest_asked(options.seeds)) : std::nullopt;
  const auto prepared =
      prepare_use(run.source, run.model, run.task, run.protocol, at, *threads, hooks, true);
  prepared->labels.last_training_time = run.model.last_training_time;
  const auto trained = make_trained(*prepared, run.model, run.model.scale, *threads);
  trained->load(run.model);

  Explanations out;
  out.task = prepared->task.name;
  out.task_type = to_string(prepared->task.type);
  out.model = run.model.model;
  out.protocol = to_string(run.protocol);
  out.entity_table = prepared->task.entity_table;
  out.entity_column = entity_key_name(*prepared);
  out.target_column = prepared->task.target_column;
  const ColumnData* key = entity_key(*prepared);
  out.entity_is_number = key == nullptr || key->type == StorageType::int64;
  if (!options.split.empty()) prepared->split(options.split);
  const std::vector<Seed> seeds = find_seeds(*prepared, options);
  if (seeds.empty()) return out;
  const auto predictions = trained->predict(seeds, hooks);
  const auto outputs = choose_outputs(*prepared, options.output, predictions);
  const auto reference = reference_seeds(*prepared, run.model.seed);
  auto effects = trained->explain({seeds, outputs, reference}, hooks);
  const auto names = output_names(*prepared);
  for (size_t i = 0; i < seeds.size(); ++i) {
    out.explanations.push_back(to_explanation(*prepared, seeds[i], std::move(effects[i]),
                                              predictions[i * prepared->outputs + outputs[i]],
                                              options.cells));
    Explanation& one = out.explanations.back();
    if (!names.empty()) one.output = names[outputs[i]];
    if (one.known_rows == 0)
      hooks.warn("no_rows", fmt::format("nothing was known of {} '{}' at {}: the prediction is "
                                        "what any such entity gets",
                                        out.entity_column, one.entity, format_time(one.time)));
  }
  return out;
}

}  // namespace cenote
