// SPDX-License-Identifier: Apache-2.0
// Tensors to and from safetensors files; a training run's state between two epochs.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/safetensors.h"

namespace cenote {

/// Names and tensors as they lie in a file. float32 or float64, contiguous or not.
RawTensor to_raw(const at::Tensor& tensor);
/// Copies a file's tensor into `target`. Errors bad_input naming the tensor if type or shape differ.
void copy_from_raw(const std::string& name, const RawTensor& raw, at::Tensor& target);

/// One epoch's line in the log. `metric` is NaN where it is undefined.
struct EpochLog {
  int64_t epoch;
  double loss, metric, seconds;
};

/// Everything that the next epoch depends on, and what was said of the earlier ones.
struct TrainState {
  int64_t epoch = 0;  // finished
  int64_t steps = 0;
  int64_t best_epoch = 0;
  double best_metric = 0;
  std::string fingerprint;    // of data, options and seed: a checkpoint of another run is refused
  std::vector<EpochLog> log;  // epochs 1 ... epoch
  std::vector<std::string> names;
  std::vector<at::Tensor> weights, first, second, best;
};

void write_checkpoint(const std::filesystem::path& path, const TrainState& state);
/// Reads into the tensors of `state`, whose names and shapes must be those of the file.
/// Errors    bad_input for a checkpoint of another run (another fingerprint) or a damaged one.
void read_checkpoint(const std::filesystem::path& path, TrainState& state);

}  // namespace cenote
