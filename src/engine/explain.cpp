// SPDX-License-Identifier: Apache-2.0
#include "cenote/explain.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "base/time.h"
#include "engine/entity_rows.h"
#include "engine/explanation.h"
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

/// The latest of the times, and not before training ended, so that the average is that of all of training; "" for the
/// latest of the database if a seed leaves its own open. What each seed sees is cut at its own time.
std::string latest_asked(const std::vector<ExplainSeed>& seeds, const ModelFile& model) {
  int64_t latest =
      window_end(model.task, model.last_training_time) + 1;  // + 1: closed under strict too
  for (const ExplainSeed& seed : seeds) {
    if (seed.time.empty()) return "";
    latest = std::max(latest, parse_time(seed.time));
  }
  return format_time(latest);
}

std::vector<Seed> find_seeds(const Prepared& prepared, const ExplainOptions& options) {
  std::vector<std::string> keys;
  for (const ExplainSeed& seed : options.seeds) keys.push_back(seed.entity);
  const auto rows = entity_rows(prepared, keys);
  const StoredTable& entities = prepared.graph.store.tables[prepared.entity_table];
  std::vector<Seed> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool own_time = options.seeds[i].time.empty() && asks_at_own_time(prepared.task);
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

}  // namespace

Explanations explain(const ExplainOptions& options, const Hooks& hooks) {
  CENOTE_CHECK(options.cells >= 0, bad_input, "at least 0 cells can be asked for, got {}",
               options.cells);
  for (const ExplainSeed& seed : options.seeds)
    CENOTE_CHECK(options.split.empty() || !seed.time.empty(), bad_input,
                 "entity '{}' of a split has no time", seed.entity);
  const OpenRun run = open_run(options.run);
  const auto threads = make_threads(options.run.threads);
  const auto at =
      options.split.empty() ? std::optional(latest_asked(options.seeds, run.model)) : std::nullopt;
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
  auto predictions = trained->predict(seeds, hooks);
  const auto outputs = choose_outputs(*prepared, options.output, predictions);
  const auto reference = reference_seeds(*prepared, run.model.seed);
  auto effects = trained->explain({seeds, outputs, reference}, hooks);
  // What is shown is calibrated, at both ends of the way.
  run.model.confidence.apply(predictions);
  for (SeedEffects& one : effects) {
    std::vector<double> average{one.average};
    run.model.confidence.apply(average);
    one.average = average[0];
  }
  const auto names = output_names(*prepared);
  for (size_t i = 0; i < seeds.size(); ++i) {
    out.explanations.push_back(to_explanation(*prepared, seeds[i], std::move(effects[i]),
                                              predictions[i * prepared->outputs + outputs[i]],
                                              options.cells));
    Explanation& one = out.explanations.back();
    if (!names.empty()) one.output = names[outputs[i]];
    if (one.known_rows == 0)
      hooks.warn("no_rows", fmt::format("no row that belongs to {} '{}' was known at {}",
                                        out.entity_column, one.entity, format_time(one.time)));
  }
  return out;
}

}  // namespace cenote
