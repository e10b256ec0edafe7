// SPDX-License-Identifier: Apache-2.0
#include "claim/small_training.h"

#include <ATen/Parallel.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

namespace cenote {
namespace {

TEST(SmallTraining, FindsALine) {
  at::set_num_threads(1);
  std::vector<double> xs, ys;
  for (int i = 0; i < 200; ++i) xs.push_back(i / 100.0 - 1), ys.push_back(3 * xs.back() - 2);
  const at::Tensor x = at::tensor(xs, at::kFloat).view({-1, 1}), y = at::tensor(ys, at::kFloat);
  ParameterSet parameters(1);
  const auto [weight, bias] = parameters.declare_linear("line", 1, 1);
  int64_t epochs = 0;
  train_small(
      parameters, 200,
      [&](const std::vector<int64_t>& batch) {
        const at::Tensor some = index_tensor(batch);
        const at::Tensor got = x.index_select(0, some).mul(weight.view({1})).add(bias).view({-1});
        return got.sub(y.index_select(0, some)).pow(2).mean();
      },
      {.epochs = 120, .batch = 20, .learning_rate = 0.02, .between_epochs = [&] { ++epochs; }});
  EXPECT_NEAR(weight.item<float>(), 3, 0.02);
  EXPECT_NEAR(bias.item<float>(), -2, 0.02);
  EXPECT_EQ(epochs, 120);
}

TEST(SmallTraining, TrainsOnlyWhatItIsToldTo) {
  at::set_num_threads(1);
  ParameterSet parameters(1);
  const at::Tensor still = parameters.declare("still", {1}, Init::ones);
  const at::Tensor moved = parameters.declare("moved", {1}, Init::ones);
  train_small(parameters, 8,
              [&](const std::vector<int64_t>&) { return still.add(moved).pow(2).mean(); },
              {.epochs = 5, .batch = 4, .learning_rate = 0.1, .only = "moved"});
  EXPECT_EQ(still.item<float>(), 1);
  EXPECT_LT(moved.item<float>(), 1);
}

TEST(SmallTraining, AnOrderHoldsEveryNumberOnce) {
  const std::vector<int64_t> order = shuffled_numbers(5, 1);
  EXPECT_THAT(order, testing::UnorderedElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(order, shuffled_numbers(5, 1));
  EXPECT_NE(shuffled_numbers(50, 1), shuffled_numbers(50, 2));
}

}  // namespace
}  // namespace cenote
