// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "base/check.h"
#include "cenote/predict.h"
#include "engine/evaluation.h"
#include "engine/run_folder.h"
#include "engine/trained.h"
#include "metric/metric.h"

namespace cenote {

std::vector<MetricValue> metrics_of(const Prepared& prepared, const SeedTable& split,
                                    const std::vector<double>& prediction, uint64_t seed,
                                    const Hooks& hooks) {
  std::vector<int64_t> entity;
  for (const Seed& one : split.seeds) entity.push_back(one.row);
  const MetricInput input{prediction, split.label, prepared.outputs};
  const std::string type(to_string(prepared.task.type));
  std::vector<MetricValue> out;
  for (const auto& [name, metric] : metric_registry()) {
    if (std::find(metric.task_types.begin(), metric.task_types.end(), type) ==
        metric.task_types.end())
      continue;
    const Interval interval = bootstrap(metric, input, entity, seed, hooks.cancelled);
    out.push_back({name, interval.value, interval.low, interval.high});
  }
  return out;
}

std::vector<IntervalCoverage> coverage_of(const ConformalIntervals& intervals,
                                          const std::vector<double>& prediction,
                                          const std::vector<double>& label) {
  std::vector<IntervalCoverage> out;
  if (intervals.empty()) return out;
  const auto rows = static_cast<double>(label.size());
  for (const double level : kIntervalLevels) {
    IntervalCoverage one{level, 0, 0};
    for (size_t i = 0; i < label.size(); ++i) {
      const auto [low, high] = intervals.around(prediction[i], level);
      one.coverage += static_cast<double>(low <= label[i] && label[i] <= high) / rows;
      one.width += (high - low) / rows;
    }
    out.push_back(one);
  }
  return out;
}

namespace {

/// The metric that decides, on the labels of each window.
std::vector<FrameMetric> frame_metrics(const Prepared& prepared, const LabelTable& labels,
                                       const SeedTable& split,
                                       const std::vector<double>& prediction, uint64_t seed,
                                       const Hooks& hooks) {
  std::vector<FrameMetric> out;
  std::map<int64_t, std::vector<int64_t>> rows_of;
  for (size_t i = 0; i < labels.frame.size(); ++i)
    rows_of[labels.frame[i]].push_back(static_cast<int64_t>(i));
  const MetricEntry& metric = metric_registry().at(prepared.task.metric);
  for (const auto& [frame, rows] : rows_of) {
    std::vector<double> number, label;
    std::vector<int64_t> entity;
    for (const int64_t i : rows) {
      number.push_back(prediction[i]);
      label.push_back(split.label[i]);
      entity.push_back(split.seeds[i].row);
    }
    const Interval one = bootstrap(metric, {number, label, 1}, entity, seed, hooks.cancelled);
    out.push_back({frame, std::ssize(label), {prepared.task.metric, one.value, one.low, one.high}});
  }
  return out;
}

}  // namespace

EvaluateResult evaluate(const EvaluateOptions& options, const Hooks& hooks) {
  const OpenRun run = open_run(options.run);
  const auto threads = make_threads(options.run.threads);
  const auto prepared =
      prepare_use(run.source, run.model, run.task, run.protocol, std::nullopt, *threads, hooks);
  const SeedTable& split = prepared->split(options.split);
  CENOTE_CHECK(split.size() > 0, bad_input,
               "split '{}' of task '{}' has no labels in this database", options.split,
               prepared->task.name);
  const auto trained = make_trained(*prepared, run.model, run.model.scale, *threads);
  trained->load(run.model);
  std::vector<double> prediction =
      metric_predictions(*prepared, split, trained->predict(split.seeds, hooks));

  EvaluateResult out;
  out.task = prepared->task.name;
  out.model = run.model.model;
  out.split = options.split;
  out.protocol = to_string(run.protocol);
  out.seed = run.model.seed;
  out.rows = split.size();
  if (prepared->task.type == TaskType::binary_classification) {
    out.calibration = run.model.confidence.calibration.method;
    out.uncalibrated_error = metric_registry().at("ece").compute({prediction, split.label, 1});
  }
  run.model.confidence.apply(prediction);
  out.intervals = coverage_of(run.model.confidence.intervals, prediction, split.label);
  out.metrics = metrics_of(*prepared, split, prediction, run.model.seed, hooks);
  out.frames = frame_metrics(*prepared, prepared->labels_of(options.split), split, prediction,
                             run.model.seed, hooks);
  return out;
}

}  // namespace cenote
