// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/allclose.h>
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const at::Tensor kQuery = at::tensor({3., 1., 7., 8.}, at::kDouble).view({2, 2});
const PoolInput kInput{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}}), .query = kQuery};

TEST(PoolStochastic, GoldenValues) {
  // A group without rows keeps its estimate.
  expect_values(MadePool("stochastic_pool", 2, {{"tau", "0.5"}})(kInput),
                {3.429926, 0.998678, 7, 8});
}

TEST(PoolStochastic, WithGammaOneItIsSmoothMax) {
  expect_values(MadePool("stochastic_pool", 2, {{"tau", "0.5"}, {"gamma", "1"}})(kInput),
                {3.460984, 0.998531, 7, 8});
}

TEST(PoolStochastic, TheExactValueOfAWholeBagStays) {
  const MadePool pool("stochastic_pool", 2), exact("smooth_max", 2);
  const PoolInput bag{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  PoolInput again = bag;
  again.query = exact(bag);
  EXPECT_TRUE(at::allclose(pool(again), again.query));
}

TEST(PoolStochastic, TheSurrogateHasNoFactorGamma) {
  const at::Tensor rows = golden_rows().requires_grad_();
  PoolInput input = kInput;
  input.rows = rows;
  const auto slope = [&](const char* surrogate) {
    const MadePool pool("stochastic_pool", 2,
                        {{"tau", "0.5"}, {"gamma", "0.5"}, {"surrogate", surrogate}});
    return torch::autograd::grad({pool(input).sum()}, {rows})[0];
  };
  EXPECT_TRUE(at::allclose(slope("true"), slope("false").mul(2)));
}

TEST(PoolStochastic, Errors) {
  EXPECT_THROW(MadePool("stochastic_pool", 2, {{"gamma", "0"}}), Error);
  const MadePool pool("stochastic_pool", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
