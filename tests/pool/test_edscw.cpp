// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/allclose.h>
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolEdscw, GoldenValues) {
  expect_values(
      MadePool("edscw", 2)({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
      {2.380120, 0.263018, 0, 0, 2, 0.25});
}

TEST(PoolEdscw, RowsThatAreAlikeUpToTheSignHaveTheirMean) {
  const at::Tensor rows = at::tensor({2., -3., 2., 3., 2., 3.}, at::kDouble).view({3, 2});
  const PoolInput input{.rows = rows, .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("edscw", 2)(input), {2, 1});
}

TEST(PoolEdscw, OneColumnIsTheSameByRow) {
  const PoolInput input{.rows = golden_rows().narrow(1, 0, 1), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("edscw", 1, {{"per", "row"}})(input), {2.380120});
}

TEST(PoolEdscw, ThePublishedGradientTakesTheSharesAsConstants) {
  const at::Tensor rows = golden_rows().requires_grad_();
  const MadePool published("edscw", 2, {{"exact_grad", "false"}}), exact("edscw", 2);
  const auto slope = [&](const MadePool& pool) {
    const at::Tensor y = pool({.rows = rows, .join = make_join({{0, 1, 2}})});
    return torch::autograd::grad({y.sum()}, {rows})[0];
  };
  // Shares add up to one in each column.
  expect_values(slope(published).sum(0), {1, 1});
  EXPECT_FALSE(at::allclose(slope(published), slope(exact)));
}

TEST(PoolEdscw, Errors) {
  EXPECT_THROW(MadePool("edscw", 2, {{"per", "group"}}), Error);
  const MadePool edscw("edscw", 2);
  EXPECT_THROW(edscw({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
