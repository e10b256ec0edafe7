// SPDX-License-Identifier: Apache-2.0
// What tests of segment kernels share: joins with all the shapes that matter, and three laws.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <functional>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "kernel/plain.h"
#include "kernel/segment.h"

namespace cenote {

inline JoinPtr join_of(const std::vector<std::vector<int64_t>>& groups) {
  auto join = std::make_shared<Join>();
  for (const auto& rows : groups) {
    join->rows.insert(join->rows.end(), rows.begin(), rows.end());
    join->offsets.push_back(join->links());
  }
  return join;
}

/// Groups of 0 to 6 rows and one of 100; rows shared by groups, and twice in one.
inline JoinPtr random_join(int64_t groups, int64_t rows, uint64_t seed = 1) {
  Random random(seed);
  std::vector<std::vector<int64_t>> out(static_cast<size_t>(groups));
  for (auto& group : out) {
    const auto size = random.below(7);
    for (uint64_t i = 0; i < size; ++i) {
      group.push_back(static_cast<int64_t>(random.below(static_cast<uint64_t>(rows))));
    }
  }
  if (groups > 1) {
    for (int64_t i = 0; i < 100; ++i) out[1].push_back(i * i % rows);
  }
  return join_of(out);
}

inline std::vector<double> random_weights(int64_t links, uint64_t seed = 2) {
  Random random(seed);
  std::vector<double> out(static_cast<size_t>(links));
  for (double& weight : out) weight = random.below(4) == 0 ? 0 : random.uniform() * 3;
  return out;
}

inline void expect_near(const at::Tensor& got, const at::Tensor& wanted, double tolerance) {
  ASSERT_EQ(got.sizes(), wanted.sizes());
  if (got.numel() == 0) return;
  const double apart =
      got.detach().to(at::kDouble).sub(wanted.to(at::kDouble)).abs().max().item<double>();
  EXPECT_LE(apart, tolerance);
}

using TensorFunction = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

/// The gradient of sum(c * f(inputs)) for a random c against central differences, in float64.
inline void expect_gradient(const TensorFunction& f, std::vector<at::Tensor> inputs) {
  for (auto& input : inputs) input = input.detach().to(at::kDouble).clone().requires_grad_();
  const at::Tensor value = f(inputs);
  const at::Tensor c = at::randn(value.sizes(), value.options());
  const auto gradients = torch::autograd::grad({value}, inputs, {c});
  constexpr double kStep = 1e-6, kTolerance = 1e-7;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::vector<at::Tensor> moved;
    for (const auto& input : inputs) moved.push_back(input.detach().clone());
    double* numbers = moved[i].mutable_data_ptr<double>();
    for (int64_t n = 0; n < moved[i].numel(); ++n) {
      const double at = numbers[n];
      numbers[n] = at + kStep;
      const double above = f(moved).mul(c).sum().item<double>();
      numbers[n] = at - kStep;
      const double below = f(moved).mul(c).sum().item<double>();
      numbers[n] = at;
      const double got = gradients[i].contiguous().const_data_ptr<double>()[n];
      ASSERT_NEAR(got, (above - below) / (2 * kStep), kTolerance)
          << "input " << i << ", number " << n;
    }
  }
}

}  // namespace cenote
