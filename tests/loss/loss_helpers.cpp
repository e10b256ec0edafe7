// SPDX-License-Identifier: Apache-2.0
#include "loss/loss_helpers.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/randn.h>

#include <cmath>

namespace cenote {

void expect_loss_laws(const std::string& name, int64_t outputs,
                      const std::vector<std::vector<double>>& labels) {
  const at::Tensor label = matrix(labels);
  const auto rows = label.size(0);
  const at::Tensor output = at::randn({rows, outputs}, at::kDouble);
  const at::Tensor gradient = gradient_of(name, output, label);
  constexpr double kStep = 1e-6;
  for (int64_t i = 0; i < output.numel(); ++i) {
    const auto moved = [&](double by) {
      at::Tensor there = output.clone();
      there.view({-1})[i] += by;
      return loss_of(name, there, label).sum().item<double>();
    };
    EXPECT_NEAR(gradient.view({-1})[i].item<double>(), (moved(kStep) - moved(-kStep)) / (2 * kStep),
                1e-6)
        << name;
  }
  for (const double extreme : {-1e4, 1e4, 0.0}) {
    const at::Tensor there = at::full_like(output, extreme);
    EXPECT_TRUE(loss_of(name, there, label).isfinite().all().item<bool>())
        << name << " at " << extreme;
    EXPECT_TRUE(gradient_of(name, there, label).isfinite().all().item<bool>())
        << name << " at " << extreme;
  }
  const at::Tensor single = output.to(at::kFloat);
  const at::Tensor all = loss_of(name, single, label),
                   predicted = loss_registry().at(name).predict(single);
  EXPECT_EQ(predicted.sizes(), single.sizes());
  for (int64_t row = 0; row < rows; ++row) {
    EXPECT_TRUE(loss_of(name, single.narrow(0, row, 1), label.narrow(0, row, 1))
                    .equal(all.narrow(0, row, 1)));
    EXPECT_TRUE(loss_registry()
                    .at(name)
                    .predict(single.narrow(0, row, 1))
                    .equal(predicted.narrow(0, row, 1)));
  }
  const at::Tensor unknown = at::full_like(label, std::nan(""));
  EXPECT_EQ(loss_of(name, output, unknown).abs().sum().item<double>(), 0) << name;
  EXPECT_EQ(gradient_of(name, output, unknown).abs().sum().item<double>(), 0) << name;
  EXPECT_EQ(loss_of(name, output.narrow(0, 0, 0), label.narrow(0, 0, 0)).numel(), 0) << name;
  EXPECT_THROW(loss_of(name, output, label.narrow(0, 0, 1)), Error) << name;
}

}  // namespace cenote
