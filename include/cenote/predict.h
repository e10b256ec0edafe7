// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "cenote/source.h"

namespace cenote {

/// A trained run, and the data to use it on. Empty fields: as the run was trained.
struct RunOptions {
  std::string run;  // a run folder
  SourceOptions source;
  std::string protocol;
  int threads = 0;
};

struct EvaluateOptions {
  RunOptions run;
  std::string split = "test";  // train | val | test
};

/// A metric with its 95 % bootstrap interval over entities; NaN: undefined on these labels.
struct MetricValue {
  std::string name;
  double value, low, high;
};

/// How many labels lie within the intervals of a level, and how wide these are in the mean.
struct IntervalCoverage {
  double level, coverage, width;
};

/// Of FORECAST n TIMEFRAMES: the task's metric on the labels of one window.
struct FrameMetric {
  int64_t frame, rows;  // frame: from 1
  MetricValue metric;
};

struct EvaluateResult {
  std::string task, model, split, protocol;
  uint64_t seed = 0;
  int64_t rows = 0;
  std::vector<MetricValue> metrics;
  std::string calibration;                  // of a binary task: none | platt | isotonic
  double uncalibrated_error = 0;            // its `ece` without that; NaN: undefined
  std::vector<IntervalCoverage> intervals;  // of a regression, if the run has any
  std::vector<FrameMetric> frames;          // of a task of several windows
};

/// Predicts a split and compares with its labels.
EvaluateResult evaluate(const EvaluateOptions& options, const Hooks& hooks = {});

struct PredictOptions {
  RunOptions run;
  std::string split;                  // train | val | test; empty: every entity at `at`
  std::string at;                     // a time; empty: the latest time in the database
  std::vector<std::string> entities;  // keys; empty: all
  double interval = 0;                // of a number: .5, .8, .9 or .95; 0: none
  int64_t top =
      0;  // keep the rows with the largest predictions; 0: all. Links: items a seed; 0: the task's k
};

/// Predictions in key order (with `top`: best first). Of links a row is an item for an entity, in key order and then
/// the best first; an entity that nothing can be recommended to has no row.
struct PredictResult {
  std::string task, task_type, model, protocol;
  std::string entity_column, time_column, target_column, dataset;
  std::vector<std::string> classes;  // multiclass and multilabel: names of the probabilities
  std::vector<std::string> entity;   // [n] keys as text
  bool entity_is_number = false;
  std::vector<int64_t> time;   // [n] microseconds since 1970-01-01 UTC
  std::vector<int64_t> frame;  // [n] FORECAST n TIMEFRAMES: which window, from 1; else empty
  std::vector<double>
      prediction;  // [n] number, probability of class 1, index of the likeliest class, or score of the item
  std::vector<double> probabilities;  // [n, classes]
  std::vector<double> low, high;      // [n] the ends of the interval, if one was asked for
  // Of links.
  std::vector<int64_t> rank;      // [n] from 1
  std::vector<std::string> item;  // [n] keys as text
  bool item_is_number = false;
};

PredictResult predict(const PredictOptions& options, const Hooks& hooks = {});

/// Writes predictions to a file: the whole file or nothing.
///
/// Options   format "csv" or "parquet": entity, time, prediction, then a probability per class;
///           "relbench": the leaderboard's CSV, whose prediction column is called as the target; of links
///           a row an entity, with the list of its items.
/// Errors    io; unsupported for a task type that the leaderboard does not have.
void write_predictions(const PredictResult& predictions, const std::string& path,
                       const std::string& format = "csv");

}  // namespace cenote
