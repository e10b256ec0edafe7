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
  std::string task;  // a name in the dataset folder, or a path to a task manifest
  std::string model = "sage";
  std::string protocol = "rolling";  // rolling | frozen: which rows test seeds may see
  std::string as_of =
      "inclusive";  // inclusive | strict: whether rows at the seed's own moment count
  std::vector<std::pair<std::string, std::string>> set;  // options of the model and of training
  uint64_t seed = 0;
  int threads = 0;  // 0: all that this process may use
  std::string out;  // the run folder
  bool resume = false;
};

/// What came of it; the run folder holds the same in metrics.json.
struct FitResult {
  std::string run;
  std::string model, task, protocol, metric;
  std::string selection;  // what training and validation seeds saw, in words
  int64_t best_epoch = 0, epochs = 0;
  double best_metric = 0;
  int64_t parameters = 0;
  std::vector<std::pair<std::string, double>> seconds;   // by phase
  std::vector<std::pair<std::string, double>> counters;  // seeds_per_second, links_per_second, ...
};

/// Trains a model and writes a run folder: model.safetensors, run.json, metrics.json, log.jsonl.
///
/// The same source, options and seed give the same model.safetensors on any number of threads.
/// Errors    Error; a cancelled fit leaves a checkpoint that `resume` continues.
/// Threads   one call at a time per process.
FitResult fit(const FitOptions& options, const Hooks& hooks = {});

}  // namespace cenote
