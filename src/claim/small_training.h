// SPDX-License-Identifier: Apache-2.0
// Training a small model on tensors in memory, as claims do: no database, one thread, Adam.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernel/parameters.h"

namespace cenote {

struct SmallTraining {
  int64_t epochs = 10;
  int64_t batch = 64;
  double learning_rate = 1e-3;  // at first; it falls to zero in a straight line
  double weight_decay = 0;
  uint64_t seed = 0;      // of the order of examples
  std::string only = {};  // parameters whose names begin so; the rest stay as they are
  std::function<void()> between_epochs = {};  // such as ClaimRun::check_cancelled
};

/// Minimises the mean loss over examples 0 ... n - 1, drawn without replacement in each epoch.
/// `loss`: of the examples with these numbers, as a tensor with one number, attached to the parameters.
/// Threads    one thread; REQUIRES one torch thread.
void train_small(ParameterSet& parameters, int64_t examples,
                 const std::function<at::Tensor(const std::vector<int64_t>&)>& loss,
                 const SmallTraining& options);

/// The numbers 0 ... n - 1 in an order drawn from the key.
std::vector<int64_t> shuffled_numbers(int64_t n, uint64_t key);

/// [n] int64, to pick examples of a tensor by.
at::Tensor index_tensor(const std::vector<int64_t>& numbers);

}  // namespace cenote
