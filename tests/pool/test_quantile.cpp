// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolQuantile, GoldenValues) {
  // Place .25 * 2 = .5: half way from the first to the second.
  const MadePool quantile("quantile", 2, {{"q", "0.25"}});
  expect_values(quantile({.rows = golden_rows(), .join = make_join({{2, 0, 1}, {}, {1}})}),
                {1.5, -0.125, 0, 0, 2, 0.25});
}

TEST(PoolQuantile, TheEndsAreMinAndMax) {
  const MadePool low("quantile", 2, {{"q", "0"}}), high("quantile", 2, {{"q", "1"}});
  const MadePool min("min", 2), max("max", 2);
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {0, 2}})};
  EXPECT_TRUE(low(input).equal(min(input)));
  EXPECT_TRUE(high(input).equal(max(input)));
}

TEST(PoolQuantile, WeightsAreRepetition) {
  const MadePool quantile("quantile", 2, {{"q", "0.5"}});
  const double weights[] = {3, 1, 0};
  // 1, 1, 1, 2: place 1.5.
  expect_values(
      quantile({.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights}),
      {1, -0.5});
}

TEST(PoolQuantile, Errors) {
  EXPECT_THROW(MadePool("quantile", 2, {{"q", "1.5"}}), Error);
  EXPECT_THROW(MadePool("quantile", 2, {{"p", "0.5"}}), Error);
  const MadePool quantile("quantile", 2);
  EXPECT_THROW(quantile({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
