// SPDX-License-Identifier: Apache-2.0
#include "kernel/segment_alike.h"

#include <ATen/ops/zeros.h>

#include <cmath>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

constexpr double kEpsilon = 0.1;

double weight_of(Alikeness kind, double x, double m) {
  if (kind == Alikeness::nearness) return 1 / (std::abs(x - m) + kEpsilon);
  const double squares = x * x + m * m;
  return squares < 1e-12 ? 1 : std::exp(2 * std::abs(x * m) / squares);
}

at::Tensor plain(const at::Tensor& x, const at::Tensor& middles, const Join& join,
                 const std::vector<double>& weights, Alikeness kind) {
  at::Tensor out = at::zeros(middles.sizes(), at::kDouble);
  for (int64_t g = 0; g < join.groups(); ++g) {
    for (int64_t c = 0; c < x.size(1); ++c) {
      double sum = 0, total = 0;
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        const double value = x[join.rows[e]][c].item<double>();
        const double f = (weights.empty() ? 1 : weights[e]) *
                         weight_of(kind, value, middles[g][c].item<double>());
        sum += f * value;
        total += f;
      }
      if (total > 0) out[g][c].fill_(sum / total);
    }
  }
  return out;
}

TEST(SegmentAlike, EqualsThePlainVersion) {
  const JoinPtr join = random_join(12, 20);
  const at::Tensor x = at::randn({20, 19}, at::kDouble), m = at::randn({12, 19}, at::kDouble);
  const auto masses = random_weights(join->links());
  for (const Alikeness kind : {Alikeness::nearness, Alikeness::dice}) {
    for (const auto& weights : {std::vector<double>{}, masses}) {
      const double* given = weights.empty() ? nullptr : weights.data();
      const at::Tensor wanted = plain(x, m, *join, weights, kind);
      expect_near(segment_alike_mean(x, m, join, given, kind, kEpsilon), wanted, 1e-12);
      expect_near(
          segment_alike_mean(x.to(at::kFloat), m.to(at::kFloat), join, given, kind, kEpsilon),
          wanted, 1e-4);
    }
  }
}

TEST(SegmentAlike, Gradients) {
  const JoinPtr join = random_join(5, 7);
  const auto weights = random_weights(join->links());
  for (const Alikeness kind : {Alikeness::nearness, Alikeness::dice})
    expect_gradient(
        [&](const auto& in) {
          return segment_alike_mean(in[0], in[1], join, weights.data(), kind, kEpsilon);
        },
        {at::randn({7, 3}), at::randn({5, 3})});
}

TEST(SegmentAlike, InexactGradientsTakeTheSharesAsConstants) {
  const JoinPtr join = join_of({{0, 1, 2}});
  const at::Tensor x = at::randn({3, 2}, at::kDouble).requires_grad_();
  const at::Tensor m = at::randn({1, 2}, at::kDouble).requires_grad_();
  const at::Tensor y = segment_alike_mean(x, m, join, nullptr, Alikeness::dice, 0, false);
  const auto slopes = torch::autograd::grad({y.sum()}, {x, m});
  EXPECT_NEAR(slopes[0].sum().item<double>(), 2, 1e-12);  // shares sum to 1 in each column
  EXPECT_EQ(slopes[1].abs().sum().item<double>(), 0);
}

TEST(SegmentAlike, NothingIsZeroAndErrors) {
  const auto mean = [](const at::Tensor& x, const at::Tensor& m, const JoinPtr& join) {
    return segment_alike_mean(x, m, join, nullptr, Alikeness::dice);
  };
  EXPECT_TRUE(mean(at::zeros({0, 2}), at::zeros({1, 2}), join_of({{}})).equal(at::zeros({1, 2})));
  EXPECT_TRUE(
      mean(at::zeros({2, 2}), at::zeros({1, 2}), join_of({{0, 1}})).equal(at::zeros({1, 2})));
  const JoinPtr one = join_of({{0}});
  EXPECT_THROW(mean(at::zeros({1, 2}), at::zeros({2, 2}), one), Error);
  EXPECT_THROW(mean(at::zeros({1, 2}), at::zeros({1, 3}), one), Error);
  EXPECT_THROW(mean(at::zeros({1, 2}), at::zeros({1, 2}, at::kDouble), one), Error);
}

}  // namespace
}  // namespace cenote
