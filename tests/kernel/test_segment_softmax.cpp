// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <limits>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

std::vector<double> logs(std::vector<double> weights) {
  for (double& weight : weights) weight = std::log(weight);  // 0 becomes -inf: masked
  return weights;
}

TEST(SegmentSoftmax, EqualsThePlainVersion) {
  const JoinPtr join = random_join(40, 50);
  const auto masks = logs(random_weights(join->links()));
  for (const int64_t heads : {1, 3, 8}) {
    const at::Tensor logits = at::randn({join->links(), heads}, at::kDouble).mul(5);
    for (const double* w : {static_cast<const double*>(nullptr), masks.data()}) {
      expect_near(segment_softmax(logits, join, w), segment_softmax_plain(logits, *join, w), 1e-14);
      expect_near(segment_softmax(logits.to(at::kFloat), join, w),
                  segment_softmax_plain(logits.to(at::kFloat), *join, w), 1e-6);
    }
  }
}

TEST(SegmentSoftmax, Gradients) {
  const JoinPtr join = random_join(9, 15);
  const auto masks = logs(random_weights(join->links()));
  const at::Tensor logits = at::randn({join->links(), 2});
  expect_gradient([&](const auto& in) { return segment_softmax(in[0], join); }, {logits});
  expect_gradient([&](const auto& in) { return segment_softmax(in[0], join, masks.data()); },
                  {logits});
}

TEST(SegmentSoftmax, MaskedLinksHaveNoShareAndAMaskedGroupNone) {
  constexpr double kMasked = -std::numeric_limits<double>::infinity();
  const double masks[] = {0, kMasked, kMasked, kMasked};
  const at::Tensor logits = at::zeros({4, 1}).requires_grad_();
  const at::Tensor shares = segment_softmax(logits, join_of({{0, 1}, {2, 3}}), masks);
  EXPECT_EQ(shares[0][0].item<float>(), 1);
  EXPECT_EQ(shares.sum().item<float>(), 1);
  EXPECT_TRUE(torch::autograd::grad({shares[0][0]}, {logits})[0].equal(at::zeros({4, 1})));
}

TEST(SegmentSoftmax, LargeLogitsDoNotOverflow) {
  const at::Tensor shares = segment_softmax(at::ones({3, 1}).mul(3e38), join_of({{0, 1, 2}}));
  expect_near(shares, at::ones({3, 1}).div(3), 1e-7);
}

TEST(SegmentSoftmax, AGroupHasTheSameBytesWhereverItLies) {
  const at::Tensor group = at::randn({5, 3});
  const at::Tensor alone = segment_softmax(group, join_of({{0, 1, 2, 3, 4}}));
  for (int64_t before = 0; before < 40; ++before) {
    auto join = std::make_shared<Join>();
    join->offsets = {0, before, before + 5};
    join->rows.assign(static_cast<size_t>(before + 5), 0);
    at::Tensor logits = at::randn({before + 5, 3});
    logits.narrow(0, before, 5).copy_(group);
    EXPECT_TRUE(segment_softmax(logits, join).narrow(0, before, 5).equal(alone)) << before;
  }
}

TEST(SegmentSoftmax, NoLinksAndErrors) {
  EXPECT_EQ(segment_softmax(at::zeros({0, 2}), join_of({{}, {}})).size(0), 0);
  EXPECT_THROW(segment_softmax(at::zeros({3, 2}), join_of({{0}})), Error);
}

}  // namespace
}  // namespace cenote
