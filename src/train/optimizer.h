// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "base/threads.h"

namespace cenote {

struct AdamOptions {
  double learning_rate = 0.005;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  // decoupled (AdamW); 0 is Adam
};

/// Adam with decoupled weight decay.
///
///   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;
///   w -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) + lr decay w
///
/// A parameter whose gradient is undefined is left as it is, its moments too.
/// Threads    parameters are shared out whole; the result does not depend on their number.
/// Source     Kingma, Ba 2015, arXiv:1412.6980; Loshchilov, Hutter 2019, arXiv:1711.05101.
class Adam {
 public:
  Adam(std::vector<at::Tensor> parameters, AdamOptions options);
  void step(const std::vector<at::Tensor>& gradients, double learning_rate, ThreadPool& threads);

  /// State, for checkpoints: first and second moments as the parameters, and the number of steps taken.
  std::vector<at::Tensor>& first() { return first_; }
  std::vector<at::Tensor>& second() { return second_; }
  int64_t steps = 0;

 private:
  std::vector<at::Tensor> parameters_, first_, second_;
  AdamOptions options_;
};

/// Adds term[i] of all terms along a fixed balanced binary tree over the terms' order: ((0 + 1) + (2 + 3)) + ...
/// Terms may be undefined (no contribution). The terms are used up.
at::Tensor tree_sum(std::vector<at::Tensor> terms);

}  // namespace cenote
