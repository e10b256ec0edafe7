// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

TEST(SegmentWeightedSum, EqualsThePlainVersion) {
  const JoinPtr join = random_join(40, 50);
  for (const int64_t heads : {1, 2, 4}) {
    for (const int64_t part : {1, 5, 16, 35}) {
      const at::Tensor x = at::randn({50, heads * part}, at::kDouble);
      const at::Tensor weights = at::randn({join->links(), heads}, at::kDouble);
      const at::Tensor wanted = segment_weighted_sum_plain(x, weights, *join);
      expect_near(segment_weighted_sum(x, weights, join), wanted, 1e-12);
      expect_near(segment_weighted_sum(x.to(at::kFloat), weights.to(at::kFloat), join), wanted,
                  1e-4);
    }
  }
}

TEST(SegmentWeightedSum, Gradients) {
  const JoinPtr join = random_join(9, 11);
  expect_gradient([&](const auto& in) { return segment_weighted_sum(in[0], in[1], join); },
                  {at::randn({11, 6}), at::randn({join->links(), 2})});
  expect_gradient([&](const auto& in) { return segment_weighted_sum(in[0], in[1], join); },
                  {at::randn({11, 35}), at::randn({join->links(), 1})});
}

TEST(SegmentWeightedSum, OnesAreTheSum) {
  const JoinPtr join = random_join(40, 50);
  const at::Tensor x = at::randn({50, 12});
  EXPECT_TRUE(
      segment_weighted_sum(x, at::ones({join->links(), 3}), join).equal(segment_sum(x, join)));
}

TEST(SegmentWeightedSum, OnlyWantedGradientsAreMade) {
  const JoinPtr join = random_join(9, 11);
  const at::Tensor x = at::randn({11, 6}), weights = at::randn({join->links(), 2}).requires_grad_();
  const at::Tensor y = segment_weighted_sum(x, weights, join);
  EXPECT_EQ(torch::autograd::grad({y.sum()}, {weights})[0].sizes(), weights.sizes());
}

TEST(SegmentWeightedSum, NothingIsZeroAndErrors) {
  EXPECT_TRUE(segment_weighted_sum(at::zeros({0, 4}), at::zeros({0, 2}), join_of({{}}))
                  .equal(at::zeros({1, 4})));
  EXPECT_THROW(segment_weighted_sum(at::zeros({2, 4}), at::zeros({1, 3}), join_of({{0}})), Error);
  EXPECT_THROW(segment_weighted_sum(at::zeros({2, 4}), at::zeros({2, 2}), join_of({{0}})), Error);
  EXPECT_THROW(segment_weighted_sum(at::zeros({2, 4}), at::zeros({1, 2}), join_of({{2}})), Error);
  EXPECT_THROW(
      segment_weighted_sum(at::zeros({2, 4}), at::zeros({1, 2}, at::kDouble), join_of({{0}})),
      Error);
}

}  // namespace
}  // namespace cenote
