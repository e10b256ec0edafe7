// SPDX-License-Identifier: Apache-2.0
#include "cenote/fit.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/time.h"
#include "database/source.h"
#include "engine/check.h"
#include "engine/output.h"
#include "engine/prepared.h"
#include "engine/run_folder.h"
#include "engine/stack.h"
#include "kernel/allocator.h"
#include "metric/metric.h"

namespace cenote {
namespace {

constexpr int64_t kMostScheduleBytes = 1 << 20;
/// Validation seeds that choices are made by, at most: of model auto, which makes many of them, and of any other.
constexpr int64_t kMostSelection = 20'000, kMostSelectionOfOne = 100'000;

/// What a checkpoint must agree with to be continued: everything that decides the weights.
std::string make_fingerprint(const ModelFile& model, const Prepared& prepared) {
  uint64_t hash = hash_bytes(schema_to_json(model.schema).dump());
  const auto add = [&](std::string_view text) { hash = hash_combine(hash, hash_bytes(text)); };
  add(task_to_json(model.task).dump());
  add(model.model);
  for (const auto* pairs : {&model.model_options, &model.train_options, &model.entry_options}) {
    for (const auto& [name, value] : *pairs) {
      add(name);
      add(value);
    }
  }
  add(fmt::format("{} {} {}", model.seed, to_string(model.protocol), to_string(model.as_of)));
  add(model.encoders.dump());
  const auto add_bytes = [&](const auto& numbers) {
    add({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(numbers[0])});
  };
  for (const SeedTable* table : {&prepared.train, &prepared.val}) {
    for (const Seed& seed : table->seeds) {
      hash = hash_combine(hash, static_cast<uint64_t>(seed.row));
      hash = hash_combine(hash, static_cast<uint64_t>(seed.time));
    }
    add_bytes(table->label);
    add_bytes(table->item);
  }
  // Keys, links and every value that a model sees.
  for (const StoredTable& table : prepared.graph.store.tables) {
    add_bytes(table.key_hash);
    add_bytes(table.time);
    for (const ColumnData& column : table.columns) {
      add_bytes(column.valid);
      add_bytes(column.integers);
      add_bytes(column.reals);
      add_bytes(column.offsets);
      add_bytes(column.bytes);
    }
  }
  for (const GraphLink& link : prepared.graph.links) add_bytes(link.parent);
  return fmt::format("{:016x}", hash);
}

nlohmann::json run_json(const FitOptions& options) {
  const auto absolute = [](const std::string& path) {
    if (path.empty() || path.find("://") != std::string::npos) return without_password(path);
    return std::filesystem::absolute(path).lexically_normal().string();
  };
  return {{"source", absolute(options.source.source)},
          {"manifest", absolute(options.source.manifest)},
          {"on_duplicate_key", options.source.on_duplicate_key},
          {"val_timestamp", options.source.val_timestamp},
          {"test_timestamp", options.source.test_timestamp},
          {"task", !options.question.empty()                     ? question_name(options.question)
                   : options.task.find('/') != std::string::npos ? absolute(options.task)
                                                                 : options.task},
          {"question", options.question},
          {"model", options.model},
          {"cenote", CENOTE_VERSION}};
}

void add_counters(const TrainReport& report, FitResult& result) {
  if (report.epoch_seconds.empty()) return;
  auto sorted = report.epoch_seconds;
  std::sort(sorted.begin(), sorted.end());
  double total = 0;
  for (const double seconds : sorted) total += seconds;
  const double train_seconds = report.seconds_wait + report.seconds_encode + report.seconds_gather +
                               report.seconds_layers + report.seconds_backward +
                               report.seconds_update;
  result.seconds.insert(result.seconds.end(),
                        {{"train", total},
                         {"train.wait_for_samples", report.seconds_wait},
                         {"train.encode", report.seconds_encode},
                         {"train.gather", report.seconds_gather},
                         {"train.layers", report.seconds_layers},
                         {"train.backward", report.seconds_backward},
                         {"train.update", report.seconds_update},
                         {"train.validate", report.seconds_validate},
                         {"train.sample_in_background", report.seconds_sample}});
  result.counters = {
      {"epoch_seconds_median", sorted[sorted.size() / 2]},
      {"epoch_seconds_min", sorted.front()},
      {"epoch_seconds_max", sorted.back()},
      {"seeds_per_second", static_cast<double>(report.seeds) / train_seconds},
      {"links_per_second", static_cast<double>(report.links) / train_seconds},
      {"rows_used", static_cast<double>(report.occurrences)},
      {"distinct_rows_encoded", static_cast<double>(report.distinct_rows)},
      {"tensor_requests", static_cast<double>(allocator_statistics().requests)},
      {"tensor_requests_to_the_system", static_cast<double>(allocator_statistics().misses)},
      {"tensor_bytes_held", static_cast<double>(allocator_statistics().bytes_held)}};
}

std::vector<WorkItem> read_schedule(const std::string& path) {
  if (path.empty()) return {};
  const std::filesystem::path file =
      std::filesystem::is_directory(path) ? RunPaths(path).schedule : std::filesystem::path(path);
  return schedule_from_json(file.string(), read_file(file, kMostScheduleBytes));
}

void add_selection(const SearchResult& found, FitResult& result) {
  result.kept = found.kept;
  result.why = found.why;
  for (const Contender& one : found.contenders)
    result.contenders.push_back({one.name, one.metric, one.behind, one.standard_error});
  for (const SearchResult::Tried& one : found.tried)
    result.tried.push_back({one.name, one.item.trial, one.metric, one.seconds, one.weight});
}

/// Calibration and intervals, from predictions for the selection.
void learn_from_validation(const Prepared& prepared, const Trained& trained,
                           const TrainReport& report, const Hooks& hooks, ModelFile& model,
                           FitResult& result) {
  const SeedTable& selection = prepared.selection;
  const bool at_hand = !report.selection.empty() || selection.size() == 0;
  const LearnedConfidence learned = learn_confidence(
      model.task.type, selection, prepared.train.label,
      at_hand ? report.selection : trained.predict(selection.seeds, hooks), model.seed);
  model.confidence = learned.confidence;
  result.calibration = {learned.confidence.calibration.method, learned.loss_before,
                        learned.loss_after};
}

}  // namespace

FitResult fit(const FitOptions& options, const Hooks& hooks) {
  CENOTE_CHECK(!options.out.empty(), bad_input, "fit needs a run folder to write to (--out)");
  const Protocol protocol = parse_protocol(options.protocol);
  const AsOf as_of = parse_as_of(options.as_of);
  const ChosenOptions chosen = apply_options(options.model, options.set);
  const ModelEntry& entry = model_registry().at(options.model);
  const auto start = std::chrono::steady_clock::now();
  const double budget = fit_budget(options);
  const auto schedule = read_schedule(options.schedule);
  const auto threads = make_threads(options.threads);
  TaskChoice task{options.task, options.question, options.eval_times};
  task.model = options.model;
  const auto prepared =
      prepare_training(options.source, task, protocol, as_of, chosen.encoders, *threads, hooks);

  warn_of_leaks(*prepared, *threads, hooks);
  ModelFile model = make_model_file(*prepared, make_part(options.model, chosen, options.seed));

  const RunPaths paths(options.out);
  std::error_code error;
  std::filesystem::create_directories(paths.folder, error);
  CENOTE_CHECK(!error, io, "cannot make the run folder '{}': {}", options.out, error.message());
  const FileLock lock(paths.lock);
  // An interrupted fit must not leave the model of an earlier one to be taken for its own.
  if (!options.resume) std::filesystem::remove(paths.model, error);
  write_file_atomically(paths.run, run_json(options).dump(2) + "\n");

  const int64_t staleness = entry.reads_rows ? chosen_staleness(*prepared, chosen.train) : 0;
  const int64_t most = entry.has_members() ? kMostSelection : kMostSelectionOfOne;
  prepared->selection = make_selection(*prepared, staleness, most, options.seed);
  const auto trained = make_trained(*prepared, model, model.scale, *threads);
  std::string log;
  const auto train_start = std::chrono::steady_clock::now();
  // Reading the database is part of the budget, but leaves training at least half of it.
  const auto half = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(budget / 2));
  const TrainReport report = trained->fit({.checkpoint = paths.checkpoint,
                                           .fingerprint = make_fingerprint(model, *prepared),
                                           .resume = options.resume,
                                           .hooks = hooks,
                                           .parts = paths.parts,
                                           .started = std::max(start, train_start - half),
                                           .budget_seconds = budget,
                                           .schedule = schedule});
  for (const auto& epoch : report.log) {
    nlohmann::json line = {{"epoch", epoch.epoch},
                           {"loss", epoch.loss},
                           {prepared->task.metric, epoch.metric},
                           {"seconds", epoch.seconds}};
    log += line.dump() + "\n";
  }
  FitResult result;
  if (const auto* stack = dynamic_cast<const Stack*>(trained.get())) {
    add_selection(stack->found(), result);
    for (const FitTried& one : result.tried) {
      nlohmann::json line = {{"model", one.name},
                             {"trial", one.trial},
                             {prepared->task.metric, one.metric},
                             {"weight", one.weight},
                             {"seconds", one.seconds}};
      log += line.dump() + "\n";
    }
    write_file_atomically(paths.schedule, schedule_to_json(stack->found().schedule).dump(1) + "\n");
  }
  learn_from_validation(*prepared, *trained, report, hooks, model, result);
  trained->save(model);
  write_model(paths.model, model);
  std::filesystem::remove_all(paths.parts, error);

  result.run = options.out;
  result.model = options.model;
  result.task = prepared->task.name;
  result.protocol = options.protocol;
  result.metric = prepared->task.metric;
  result.selection = staleness > 0
                         ? fmt::format("stale: training and validation seeds see up to {} less",
                                       format_duration(staleness))
                         : "each seed's own time";
  const int64_t drawn = prepared->selection.size(), all = prepared->val.size();
  if (drawn < all)
    result.selection += fmt::format("; {} of {} validation seeds, drawn by key", drawn, all);
  result.best_epoch = report.best_epoch;
  result.epochs = report.epochs;
  result.best_metric = report.best_metric;
  result.parameters = trained->parameter_count();
  result.precision = trained->precision();
  result.seconds = prepared->seconds;
  if (report.epoch_seconds.empty()) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - train_start;
    result.seconds.emplace_back("train", seconds.count());
  }
  add_counters(report, result);
  write_file_atomically(paths.log, log);
  write_file_atomically(paths.metrics, fit_json(result).dump(2) + "\n");
  return result;
}

}  // namespace cenote
