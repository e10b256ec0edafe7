// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/eye.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

/// One head over two columns with V the identity and the given score vector.
MadePool with_score(const at::Tensor& score) {
  MadePool made("attention", 2, {{"heads", "1"}});
  made.parameters.at("pool.score").detach().copy_(score.view({1, 2}));
  made.parameters.at("pool.value").detach().copy_(at::eye(2, at::kDouble));
  return made;
}

TEST(PoolAttention, GoldenValues) {
  // q = (1, 0) with the scale 1 / sqrt 2: shares 0.087949, 0.178370, 0.733681.
  const MadePool attention = with_score(at::tensor({0.70710678118654752, 0.}, at::kDouble));
  expect_values(attention({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3.379413, 1.101140, 0, 0, 2, 0.25});
}

TEST(PoolAttention, WithoutScoresItIsTheMean) {
  const MadePool attention = with_score(at::tensor({0., 0.}, at::kDouble)), mean("mean", 2);
  const double weights[] = {3, 0, 1};
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights};
  expect_values(attention(input), {1.75, 0});
  expect_values(mean(input), {1.75, 0});
}

TEST(PoolAttention, HeadsLookAtTheirOwnColumns) {
  MadePool attention("attention", 2, {{"heads", "2"}});
  // The first head picks the row with the largest first column, the second the smallest.
  attention.parameters.at("pool.score")
      .detach()
      .copy_(at::tensor({1e3, 0., -1e3, 0.}, at::kDouble).view({2, 2}));
  attention.parameters.at("pool.value").detach().copy_(at::eye(2, at::kDouble));
  expect_values(attention({.rows = golden_rows(), .join = make_join({{0, 1, 2}})}), {4, -0.5});
}

TEST(PoolAttention, Errors) {
  EXPECT_THROW(MadePool("attention", 3, {{"heads", "2"}}), Error);
  const MadePool attention("attention", 4);
  EXPECT_THROW(attention({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
