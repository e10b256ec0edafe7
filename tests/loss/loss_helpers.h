// SPDX-License-Identifier: Apache-2.0
// What tests of losses share.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/check.h"
#include "loss/loss.h"

namespace cenote {

inline at::Tensor matrix(const std::vector<std::vector<double>>& rows) {
  std::vector<double> flat;
  for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  const auto width = rows.empty() ? 1 : static_cast<int64_t>(rows.front().size());
  return at::tensor(flat, at::kDouble).view({static_cast<int64_t>(rows.size()), width});
}

inline at::Tensor loss_of(const std::string& name, const at::Tensor& output,
                          const at::Tensor& label) {
  return loss_registry().at(name).loss(output, label);
}

inline at::Tensor gradient_of(const std::string& name, const at::Tensor& output,
                              const at::Tensor& label) {
  const at::Tensor leaf = output.detach().clone().requires_grad_();
  loss_of(name, leaf, label).sum().backward();
  return leaf.grad();
}

inline void expect_numbers(const at::Tensor& got, const std::vector<double>& wanted,
                           double tolerance = 1e-6) {
  const at::Tensor flat = got.detach().to(at::kDouble).contiguous().view({-1});
  ASSERT_EQ(flat.numel(), static_cast<int64_t>(wanted.size()));
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(flat.const_data_ptr<double>()[i], wanted[i], tolerance) << i;
}

/// The laws of every loss: central differences, finite at extremes, a row alone has the same bytes
/// as among others, an unknown label is silent, no seeds.
void expect_loss_laws(const std::string& name, int64_t outputs,
                      const std::vector<std::vector<double>>& labels);

}  // namespace cenote
