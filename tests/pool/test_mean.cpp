// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolMean, GoldenValues) {
  const MadePool mean("mean", 2);
  expect_values(mean({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {2.333333, 0.416667, 0, 0, 2, 0.25});
}

TEST(PoolMean, WeightsAreMasses) {
  const MadePool mean("mean", 2);
  const double weights[] = {3, 0, 1, 0};
  // (3 * 1 + 4) / 4 and (3 * -0.5 + 1.5) / 4; a group without mass is empty.
  expect_values(
      mean({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {1}}), .weights = weights}),
      {1.75, 0, 0, 0});
}

TEST(PoolMean, EqualRowsAreTheirMean) {
  const MadePool mean("mean", 2);
  expect_values(mean({.rows = golden_rows(), .join = make_join({{2, 2, 2, 2}})}), {4, 1.5}, 0);
}

TEST(PoolMean, Errors) {
  const MadePool mean("mean", 2);
  EXPECT_THROW(mean({.rows = golden_rows(), .join = make_join({{-1}})}), Error);
}

}  // namespace
}  // namespace cenote
