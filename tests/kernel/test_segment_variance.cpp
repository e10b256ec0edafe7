// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros.h>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

TEST(SegmentVariance, EqualsThePlainVersion) {
  for (const int64_t width : {1, 7, 16, 33}) {
    const JoinPtr join = random_join(40, 50);
    const auto weights = random_weights(join->links());
    const at::Tensor x = at::randn({50, width}, at::kDouble);
    for (const double* w : {static_cast<const double*>(nullptr), weights.data()}) {
      expect_near(segment_variance(x, join, w), segment_variance_plain(x, *join, w), 1e-12);
      expect_near(segment_variance(x.to(at::kFloat), join, w),
                  segment_variance_plain(x.to(at::kFloat), *join, w), 1e-6);
    }
  }
}

TEST(SegmentVariance, Gradients) {
  const JoinPtr join = random_join(12, 15);
  const auto weights = random_weights(join->links());
  expect_gradient([&](const auto& in) { return segment_variance(in[0], join); },
                  {at::randn({15, 5})});
  expect_gradient([&](const auto& in) { return segment_variance(in[0], join, weights.data()); },
                  {at::randn({15, 5})});
}

TEST(SegmentVariance, FarFromZeroItKeepsItsDigits) {
  const JoinPtr join = join_of({{0, 1, 2, 3}, {0, 0, 0}});
  const at::Tensor x = at::zeros({4, 1}, at::kFloat);
  for (int i = 0; i < 4; ++i) x.mutable_data_ptr<float>()[i] = 1e6f + static_cast<float>(i);
  const at::Tensor variance = segment_variance(x, join);
  EXPECT_EQ(variance[0][0].item<float>(), 1.25f);
  EXPECT_EQ(variance[1][0].item<float>(), 0);  // equal rows: exactly zero
}

TEST(SegmentVariance, NothingIsZero) {
  EXPECT_TRUE(segment_variance(at::zeros({0, 3}), join_of({{}, {}})).equal(at::zeros({2, 3})));
  const std::vector<double> none = {0, 0};
  const at::Tensor x = at::randn({2, 3}).requires_grad_();
  const at::Tensor y = segment_variance(x, join_of({{0, 1}}), none.data());
  EXPECT_TRUE(y.equal(at::zeros({1, 3})));
  EXPECT_TRUE(torch::autograd::grad({y.sum()}, {x})[0].equal(at::zeros({2, 3})));
}

TEST(SegmentVariance, Errors) {
  EXPECT_THROW(segment_variance(at::zeros({2, 3}), join_of({{-1}})), Error);
}

}  // namespace
}  // namespace cenote
