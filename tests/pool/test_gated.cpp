// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolGated, GoldenValues) {
  MadePool gated("gated", 2);
  // The gate looks at the mean of the first column: logistic(0.3 * 2.333333) = 0.668188.
  gated.parameters.at("pool.gate").detach().select(1, 0).fill_(0.3);
  expect_values(gated({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3.446980, 1.140537, 0, 0, 2, 0.25}, 2e-6);
}

TEST(PoolGated, WithoutAGateHalfOfEach) {
  const MadePool gated("gated", 2);
  expect_values(gated({.rows = golden_rows(), .join = make_join({{0, 1, 2}})}),
                {3.166667, 0.958333});
}

TEST(PoolGated, AnOpenGateIsTheMaximum) {
  MadePool gated("gated", 2);
  gated.parameters.at("pool.gate").detach().fill_(100);
  expect_values(gated({.rows = golden_rows(), .join = make_join({{0, 1, 2}})}), {4, 1.5});
}

TEST(PoolGated, Errors) {
  const MadePool gated("gated", 2);
  EXPECT_THROW(gated({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
