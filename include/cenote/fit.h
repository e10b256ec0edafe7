// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cenote/hooks.h"
#include "cenote/source.h"

namespace cenote {

/// What to learn, and how.
struct FitOptions {
  SourceOptions source;
  std::string task;         // a name in the dataset folder, or a path to a task manifest
  std::string question;     // or a question in the PREDICT language (docs/predict.md) instead
  int64_t eval_times = 40;  // of a question: so many times in validation and in test, at most
  std::string model = "auto";
  std::string protocol = "rolling";  // rolling | frozen: which rows test seeds may see
  std::string as_of =
      "inclusive";  // inclusive | strict: whether rows at the seed's own moment count
  std::vector<std::pair<std::string, std::string>> set;  // options of the model and of training
  uint64_t seed = 0;
  int threads = 0;  // 0: all that this process may use
  std::string out;  // the run folder
  bool resume = false;
  std::string budget;  // of model auto: "5 minutes" (the default)
  std::string
      schedule;  // of model auto: a run folder whose schedule is followed instead of a budget
};

/// A way to predict that model auto compared, on validation.
struct FitContender {
  std::string name;
  double metric = 0;
  double behind = 0;          // how much worse than the best; 0: is the best
  double standard_error = 0;  // of `behind`
};

/// A model that auto trained, and its share in what it kept.
struct FitTried {
  std::string name;
  bool trial = false;  // short, to choose by
  double metric = 0, seconds = 0, weight = 0;
};

/// How a binary task's probabilities were made to come true as often as they say: chosen on validation.
struct FitCalibration {
  std::string method = "none";             // none | platt | isotonic
  double loss_before = 0, loss_after = 0;  // log loss on validation; NaN: too few rows to choose
};

/// What came of it; the run folder holds the same in metrics.json.
struct FitResult {
  std::string run;
  std::string model, task, protocol, metric;
  std::string selection;  // what training and validation seeds saw, in words
  int64_t best_epoch = 0, epochs = 0;
  double best_metric = 0;
  int64_t parameters = 0;
  std::string precision;  // float32 | bfloat16: of a network's products; empty for other models
  std::vector<std::pair<std::string, double>> seconds;   // by phase
  std::vector<std::pair<std::string, double>> counters;  // seeds_per_second, links_per_second, ...
  // Of model auto.
  std::vector<FitContender> contenders;  // from simple to complex
  std::vector<FitTried> tried;           // in order of training
  std::string kept, why;
  FitCalibration calibration;
};

/// Trains a model and writes a run folder: model.safetensors, run.json, metrics.json, log.jsonl; of model auto
/// schedule.json too.
///
/// The same source, options and seed give the same model.safetensors on any number of threads; of model auto
/// the same schedule does.
/// Errors    Error; a cancelled fit leaves a checkpoint that `resume` continues.
/// Threads   one call at a time per process.
FitResult fit(const FitOptions& options, const Hooks& hooks = {});

}  // namespace cenote
