// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolIdw, GoldenValues) {
  // Without epsilon: weights 3/4, 3, 3/5 in the first column.
  expect_values(MadePool("idw", 2, {{"epsilon", "1e-12"}})(
                    {.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {2.103448, 0.291885, 0, 0, 2, 0.25});
}

TEST(PoolIdw, ALargeEpsilonIsTheMean) {
  const PoolInput input{.rows = golden_rows().mul(1e-4), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("idw", 2, {{"epsilon", "1"}})(input), {2.333333e-4, 0.416667e-4}, 1e-7);
}

TEST(PoolIdw, ARowAtTheMeanTakesNearlyAll) {
  const at::Tensor rows = at::tensor({1., 2., 3.}, at::kDouble).view({3, 1});
  expect_values(MadePool("idw", 1)({.rows = rows, .join = make_join({{0, 1, 2}})}), {2});
}

TEST(PoolIdw, Errors) {
  EXPECT_THROW(MadePool("idw", 2, {{"epsilon", "0"}}), Error);
  const MadePool idw("idw", 2);
  EXPECT_THROW(idw({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
