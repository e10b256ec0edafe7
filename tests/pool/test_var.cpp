// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/allclose.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolVar, GoldenValues) {
  // Column 1: mean 7/3, squares about it 16/9, 1/9, 25/9, a third of their sum.
  const MadePool var("var", 2);
  expect_values(var({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {1.555556, 0.680556, 0, 0, 0, 0});
}

TEST(PoolVar, IsTheSquareOfStd) {
  const MadePool var("var", 2), std("std", 2);
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {0, 2}})};
  EXPECT_TRUE(at::allclose(var(input), std(input).pow(2)));
}

TEST(PoolVar, MovingAllRowsFarChangesNothing) {
  const MadePool var("var", 2);
  expect_values(var({.rows = golden_rows().add(1e6), .join = make_join({{0, 1, 2}})}),
                {1.555556, 0.680556});
}

TEST(PoolVar, Errors) {
  const MadePool var("var", 2);
  EXPECT_THROW(var({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
