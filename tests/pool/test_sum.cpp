// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolSum, GoldenValues) {
  const MadePool sum("sum", 2);
  expect_values(sum({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {2, 2}})}),
                {7, 1.25, 0, 0, 8, 3});
}

TEST(PoolSum, WeightsScaleRows) {
  const MadePool sum("sum", 2);
  const double weights[] = {2, 0, 0.5};
  expect_values(sum({.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights}),
                {4, -0.25});
}

TEST(PoolSum, Errors) {
  const MadePool sum("sum", 2);
  const double weights[] = {-1};
  EXPECT_THROW(sum({.rows = golden_rows(), .join = make_join({{3}})}), Error);
  EXPECT_THROW(sum({.rows = golden_rows(), .join = make_join({{0}}), .weights = weights}), Error);
  EXPECT_THROW(sum({.rows = golden_rows().view({-1}), .join = make_join({{0}})}), Error);
  EXPECT_THROW(sum({.rows = golden_rows()}), Error);
}

}  // namespace
}  // namespace cenote
