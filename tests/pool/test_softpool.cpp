// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolSoftpool, GoldenValues) {
  const MadePool softpool("softpool", 2);
  expect_values(softpool({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3.645579, 1.057755, 0, 0, 2, 0.25});
}

TEST(PoolSoftpool, BetaGoesFromMinToMeanToMax) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("softpool", 2, {{"beta", "0"}})(input), {2.333333, 0.416667});
  expect_values(MadePool("softpool", 2, {{"beta", "500"}})(input), {4, 1.5});
  expect_values(MadePool("softpool", 2, {{"beta", "-500"}})(input), {1, -0.5});
}

TEST(PoolSoftpool, ALearnedBetaBeginsAtTheOption) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  MadePool learned("softpool", 2, {{"learn", "true"}});
  expect_values(learned(input), {3.645579, 1.057755});
  learned.parameters.at("pool.beta").detach().fill_(-1);
  expect_values(learned(input), {2.333333, 0.416667});
}

TEST(PoolSoftpool, ThePublishedGradientTakesTheSharesAsConstants) {
  const at::Tensor rows = golden_rows().requires_grad_();
  const MadePool published("softpool", 2, {{"exact_grad", "false"}});
  const at::Tensor y = published({.rows = rows, .join = make_join({{0, 1, 2}})});
  const at::Tensor slope = torch::autograd::grad({y.sum()}, {rows})[0];
  // softmax(1, 2, 4) and softmax(-0.5, 0.25, 1.5).
  expect_values(slope, {0.042010, 0.095183, 0.114195, 0.201503, 0.843795, 0.703314});
}

TEST(PoolSoftpool, LargeValuesDoNotOverflow) {
  const MadePool softpool("softpool", 2, {}, at::kFloat);
  const at::Tensor y =
      softpool({.rows = golden_rows(at::kFloat).mul(1e30), .join = make_join({{0, 1, 2}})});
  EXPECT_TRUE(y.isfinite().all().item<bool>());
}

TEST(PoolSoftpool, Errors) {
  EXPECT_THROW(MadePool("softpool", 2, {{"beta", "1e9"}}), Error);
  EXPECT_THROW(MadePool("softpool", 2, {{"gamma", "1"}}), Error);
  const MadePool softpool("softpool", 2);
  EXPECT_THROW(softpool({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
