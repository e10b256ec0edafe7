// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

TEST(SegmentMax, EqualsThePlainVersion) {
  for (const int64_t width : {1, 7, 16, 33}) {
    const JoinPtr join = random_join(40, 50);
    for (const auto type : {at::kFloat, at::kDouble}) {
      const at::Tensor x = at::randn({50, width}, type);
      expect_near(segment_max(x, join), segment_max_plain(x, *join), 0);
      expect_near(segment_min(x, join), segment_min_plain(x, *join), 0);
    }
  }
}

TEST(SegmentMax, Gradients) {
  const JoinPtr join = random_join(12, 15);
  expect_gradient([&](const auto& in) { return segment_max(in[0], join); }, {at::randn({15, 5})});
  expect_gradient([&](const auto& in) { return segment_min(in[0], join); }, {at::randn({15, 5})});
}

TEST(SegmentMax, TheFirstOfTiesHasAllOfTheGradient) {
  const at::Tensor x = at::tensor({3., 1., 3., 1.}, at::kDouble).view({4, 1}).requires_grad_();
  const auto join = join_of({{1, 2, 0}, {3, 1}});
  const auto gradient = [&](const at::Tensor& y) {
    return torch::autograd::grad({y.sum()}, {x})[0].view({-1});
  };
  EXPECT_TRUE(gradient(segment_max(x, join)).equal(at::tensor({0., 0., 1., 1.}, at::kDouble)));
  EXPECT_TRUE(gradient(segment_min(x, join)).equal(at::tensor({0., 1., 0., 1.}, at::kDouble)));
}

TEST(SegmentMax, NothingIsZero) {
  EXPECT_TRUE(segment_max(at::zeros({0, 3}), join_of({{}, {}})).equal(at::zeros({2, 3})));
  EXPECT_EQ(segment_max(at::zeros({4, 3}), join_of({})).size(0), 0);
  const at::Tensor x = at::zeros({0, 3}).requires_grad_();
  EXPECT_EQ(torch::autograd::grad({segment_min(x, join_of({{}})).sum()}, {x})[0].numel(), 0);
}

TEST(SegmentMax, Errors) {
  EXPECT_THROW(segment_max(at::zeros({2, 3}), join_of({{2}})), Error);
  EXPECT_THROW(segment_max(at::zeros({2}), join_of({{0}})), Error);
  EXPECT_THROW(segment_max(at::zeros({2, 3}, at::kInt), join_of({{0}})), Error);
}

}  // namespace
}  // namespace cenote
