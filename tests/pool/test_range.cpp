// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolRange, GoldenValues) {
  const MadePool range("range", 2);
  expect_values(range({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3, 2, 0, 0, 0, 0});
}

TEST(PoolRange, MovingAllRowsChangesNothing) {
  const MadePool range("range", 2);
  expect_values(range({.rows = golden_rows().add(10), .join = make_join({{0, 1, 2}})}), {3, 2});
}

TEST(PoolRange, RowsWithoutWeightTakeNoPart) {
  const MadePool range("range", 2);
  const double weights[] = {1, 0.5, 0};
  expect_values(range({.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights}),
                {1, 0.75});
}

TEST(PoolRange, Errors) {
  const MadePool range("range", 2);
  EXPECT_THROW(range({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
