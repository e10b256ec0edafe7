// SPDX-License-Identifier: Apache-2.0
#include "kernel/segment_gate.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

TEST(SegmentGate, GoldenValues) {
  // tau = 0.946075 for mu = 1/2; the gates are a third of 1.026020, 1.038970, 0.935010.
  const at::Tensor s = at::tensor({-0.894023, -0.868096, -1.076237}, at::kDouble).view({3, 1});
  expect_near(segment_gate(s, join_of({{0, 1, 2}}), 0.5),
              at::tensor({0.342007, 0.346323, 0.311670}, at::kDouble).view({3, 1}), 1e-6);
}

TEST(SegmentGate, GatesAddUpToOneEvenWhereLogitsAreLarge) {
  const JoinPtr join = random_join(30, 40);
  const auto weights = random_weights(join->links());
  for (const double scale : {1.0, 50.0, 1e4}) {
    const at::Tensor s = at::randn({join->links(), 1}, at::kDouble).mul(scale);
    for (const double mu : {0.01, 0.3, 0.99}) {
      const at::Tensor gates = segment_gate(s, join, mu, weights.data());
      auto links = std::make_shared<Join>(*join);
      for (int64_t e = 0; e < join->links(); ++e) links->rows[e] = e;
      const at::Tensor total = segment_sum(gates, links);
      for (int64_t g = 0; g < join->groups(); ++g) {
        double mass = 0;
        for (int64_t e = join->offsets[g]; e < join->offsets[g + 1]; ++e) mass += weights[e];
        EXPECT_NEAR(total[g].item<double>(), mass > 0 ? 1 : 0, 1e-9);
      }
    }
  }
}

TEST(SegmentGate, Gradients) {
  const JoinPtr join = random_join(9, 15);
  const auto weights = random_weights(join->links());
  expect_gradient([&](const auto& in) { return segment_gate(in[0], join, 0.3, weights.data()); },
                  {at::randn({join->links(), 1})});
}

TEST(SegmentGate, Errors) {
  EXPECT_THROW(segment_gate(at::zeros({2, 1}), join_of({{0}}), 0.3), Error);
  EXPECT_THROW(segment_gate(at::zeros({1, 1}), join_of({{0}}), 1), Error);
}

}  // namespace
}  // namespace cenote
