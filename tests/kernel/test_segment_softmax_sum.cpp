// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

std::vector<double> random_logs(int64_t links) {
  std::vector<double> weights = random_weights(links);
  for (double& weight : weights) weight = std::log(weight);  // 0 becomes -inf: masked
  return weights;
}

TEST(SegmentSoftmaxSum, EqualsThePlainVersion) {
  const JoinPtr join = random_join(40, 50);
  const at::Tensor values = at::randn({50, 24}, at::kDouble);
  for (const int64_t heads : {1, 3, 24}) {
    const at::Tensor logits = at::randn({50, heads}, at::kDouble).mul(5);
    for (const auto& masks : {std::vector<double>(), random_logs(join->links())}) {
      const at::Tensor wanted = segment_softmax_sum_plain(logits, values, *join, masks);
      expect_near(segment_softmax_sum(logits, values, join, masks), wanted, 1e-13);
      expect_near(segment_softmax_sum(logits.to(at::kFloat), values.to(at::kFloat), join, masks),
                  wanted, 1e-4);
    }
  }
}

TEST(SegmentSoftmaxSum, Gradients) {
  const JoinPtr join = random_join(9, 15);
  const auto masks = random_logs(join->links());
  for (const int64_t heads : {1, 3, 6}) {
    const std::vector<at::Tensor> inputs{at::randn({15, heads}), at::randn({15, 6})};
    expect_gradient([&](const auto& in) { return segment_softmax_sum(in[0], in[1], join); },
                    inputs);
    expect_gradient([&](const auto& in) { return segment_softmax_sum(in[0], in[1], join, masks); },
                    inputs);
  }
}

TEST(SegmentSoftmaxSum, LargeLogitsDoNotOverflow) {
  const at::Tensor x = at::ones({3, 2}).mul(3e38f);
  EXPECT_TRUE(
      segment_softmax_sum(x, at::ones({3, 2}), join_of({{0, 1, 2}})).equal(at::ones({1, 2})));
}

TEST(SegmentSoftmaxSum, ANaNStaysInItsGroup) {
  at::Tensor x = at::randn({4, 2});
  x[1][0] = std::nan("");
  const at::Tensor out = segment_softmax_sum(x, x, join_of({{0, 1}, {2, 3}}));
  EXPECT_TRUE(out[0][0].isnan().item<bool>());
  EXPECT_TRUE(out[0][1].isfinite().item<bool>());
  EXPECT_TRUE(out[1].isfinite().all().item<bool>());
}

TEST(SegmentSoftmaxSum, Errors) {
  EXPECT_THROW(segment_softmax_sum(at::zeros({3, 2}), at::zeros({3, 3}), join_of({{0}})), Error);
  EXPECT_THROW(segment_softmax_sum(at::zeros({2, 1}), at::zeros({3, 3}), join_of({{0}})), Error);
  EXPECT_THROW(segment_softmax_sum(at::zeros({3, 1}), at::zeros({3, 3}), join_of({{3}})), Error);
}

TEST(SegmentLogSumExp, EqualsThePlainVersion) {
  const JoinPtr join = random_join(40, 50);
  const at::Tensor z = at::randn({50, 7}, at::kDouble).mul(9);
  for (const auto& masks : {std::vector<double>(), random_logs(join->links())}) {
    const at::Tensor wanted = segment_logsumexp_plain(z, *join, masks);
    expect_near(segment_logsumexp(z, join, masks), wanted, 1e-13);
    expect_near(segment_logsumexp(z.to(at::kFloat), join, masks), wanted, 1e-4);
  }
}

TEST(SegmentLogSumExp, Gradients) {
  const JoinPtr join = random_join(9, 15);
  const auto masks = random_logs(join->links());
  expect_gradient([&](const auto& in) { return segment_logsumexp(in[0], join, masks); },
                  {at::randn({15, 3})});
}

TEST(SegmentQuantile, EqualsThePlainVersion) {
  const JoinPtr join = random_join(40, 50);
  std::vector<double> weights = random_weights(join->links());
  for (double& weight : weights) weight = std::round(weight);
  const at::Tensor x = at::randn({50, 7}, at::kDouble);
  for (const double q : {0.0, 0.1, 0.5, 0.77, 1.0}) {
    for (const double* w : {static_cast<double*>(nullptr), weights.data()})
      expect_near(segment_quantile(x, join, q, w), segment_quantile_plain(x, *join, q, w), 1e-13);
  }
}

TEST(SegmentQuantile, Gradients) {
  const JoinPtr join = random_join(9, 15);
  const auto weights = random_weights(join->links());
  expect_gradient(
      [&](const auto& in) { return segment_quantile(in[0], join, 0.3, weights.data()); },
      {at::randn({15, 3})});
}

TEST(SegmentQuantile, Errors) {
  EXPECT_THROW(segment_quantile(at::zeros({2, 1}), join_of({{0}}), 1.5), Error);
  EXPECT_THROW(segment_quantile(at::zeros({2, 1}), join_of({{2}}), 0.5), Error);
}

}  // namespace
}  // namespace cenote
