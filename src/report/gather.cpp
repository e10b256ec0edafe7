// SPDX-License-Identifier: Apache-2.0
#include "report/gather.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "base/check.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/time.h"
#include "engine/evaluation.h"
#include "engine/run_folder.h"
#include "engine/trained.h"

namespace cenote {
namespace {

constexpr int64_t kMostBytes = 64 << 20;

SplitSummary summarise(const std::string& name, const SeedTable& table) {
  SplitSummary out;
  out.name = name;
  out.seeds = table.size();
  std::set<int64_t> entities;
  std::map<int64_t, LabelsAtTime> times;
  double sum = 0, known = 0;
  for (int64_t i = 0; i < table.size(); ++i) {
    entities.insert(table.seeds[i].row);
    const double label = table.label[i * table.width];
    if (std::isnan(label)) continue;
    LabelsAtTime& at = times[table.seeds[i].time];
    at.time = table.seeds[i].time;
    at.count += 1;
    at.mean += label;
    sum += label;
    known += 1;
  }
  out.entities = std::ssize(entities);
  out.mean = sum / known;
  for (auto& [time, at] : times) {
    at.mean /= static_cast<double>(at.count);
    out.times.push_back(at);
  }
  return out;
}

/// The models that need no training, on the same seeds.
void add_simple_models(Prepared& prepared, const SeedTable& split, const ReportData& data,
                       ThreadPool& threads, const Hooks& hooks, std::vector<Contestant>& out) {
  const OutputScale scale = prepared.task.type == TaskType::regression
                                ? regression_scale(prepared.train.label)
                                : OutputScale{};
  prepared.selection = prepared.val;
  const bool links = prepared.task.type == TaskType::link_prediction;
  for (const std::string name :
       {links ? "popularity" : "constant", links ? "repeat" : "entity_mean"}) {
    if (data.model == name) continue;
    const auto trained =
        make_trained(prepared, make_part(name, apply_options(name, {}), data.seed), scale, threads);
    trained->fit({.checkpoint = {}, .fingerprint = "", .resume = false, .hooks = hooks});
    const auto prediction =
        metric_predictions(prepared, split, trained->predict(split.seeds, hooks));
    out.push_back({name, metrics_of(prepared, split, prediction, data.seed, hooks)});
  }
}

void add_tables(const Prepared& prepared, ReportData& data) {
  for (const StoredTable& table : prepared.graph.store.tables) {
    TableSummary summary;
    const auto end = std::lower_bound(table.time.begin(), table.time.end(), kTimeNever);
    if (table.timed && end != table.time.begin()) {
      summary.first = format_time(table.time.front());
      summary.last = format_time(*(end - 1));
    }
    data.tables.push_back(summary);
  }
}

/// A word for a shell.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-./:,=") == std::string::npos;
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string how_to_fit(const OpenRun& run) {
  const std::string& question = run.model.task.question;
  std::string out = fmt::format(
      "cenote fit {} {} --model {} --protocol {} --as-of {} --seed {}", quoted(run.source.source),
      question.empty() ? "--task " + quoted(run.task) : quoted(question), run.model.model,
      to_string(run.model.protocol), to_string(run.model.as_of), run.model.seed);
  if (!run.source.manifest.empty()) out += " --manifest " + quoted(run.source.manifest);
  return out;
}

void read_fit_documents(const std::string& run, ReportData& data) {
  const RunPaths paths(run);
  std::error_code ignored;
  if (std::filesystem::exists(paths.metrics, ignored))
    data.fitted = parse_json(read_file(paths.metrics, kMostBytes), paths.metrics.string());
  if (!std::filesystem::exists(paths.log, ignored)) return;
  std::istringstream lines(read_file(paths.log, kMostBytes));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) data.log.push_back(parse_json(line, paths.log.string()));
}

}  // namespace

ReportData gather_report(const ReportOptions& options, const Hooks& hooks) {
  ReportData data;
  const OpenRun run = open_run(options.run);
  const auto threads = make_threads(options.run.threads);
  const auto prepared =
      prepare_use(run.source, run.model, run.task, run.protocol, std::nullopt, *threads, hooks);
  data.run = options.run.run;
  data.dataset = prepared->dataset;
  data.model = run.model.model;
  data.protocol = to_string(run.protocol);
  data.as_of = to_string(run.model.as_of);
  data.task = prepared->task;
  data.seed = run.model.seed;
  data.classes = run.model.classes;
  data.schema = prepared->schema;
  data.how = how_to_fit(run);
  read_fit_documents(options.run.run, data);
  add_tables(*prepared, data);
  for (const char* name : {"train", "val", "test"})
    data.splits.push_back(summarise(name, prepared->split(name)));
  data.split = prepared->test.size() > 0 ? "test" : "val";
  const SeedTable& split = prepared->split(data.split);
  CENOTE_CHECK(split.size() > 0, bad_input,
               "task '{}' has neither test nor validation labels in this database: there is "
               "nothing to report on",
               data.task.name);

  const auto trained = make_trained(*prepared, run.model, run.model.scale, *threads);
  trained->load(run.model);
  data.raw = data.prediction =
      metric_predictions(*prepared, split, trained->predict(split.seeds, hooks));
  run.model.confidence.apply(data.prediction);
  data.intervals = coverage_of(run.model.confidence.intervals, data.prediction, split.label);
  data.calibration = run.model.confidence.calibration.method;
  data.width = prepared->outputs;
  data.label = split.label;
  for (const Seed& seed : split.seeds) data.time.push_back(seed.time);
  add_simple_models(*prepared, split, data, *threads, hooks, data.contestants);
  data.contestants.push_back(
      {data.model, metrics_of(*prepared, split, data.prediction, data.seed, hooks)});
  data.features = features(options.run.run);
  gather_explanations(options, *prepared, data, hooks);

  CheckOptions check_options;
  check_options.source = run.source;
  check_options.question = data.task.question;
  if (data.task.question.empty()) check_options.task = run.task;
  check_options.run = options.run.run;
  check_options.threads = options.run.threads;
  data.check = check(check_options, Hooks{hooks.progress, {}, hooks.cancelled});
  return data;
}

}  // namespace cenote
