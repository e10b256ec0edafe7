// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolMedian, GoldenValues) {
  const MadePool median("median", 2);
  expect_values(median({.rows = golden_rows(), .join = make_join({{2, 0, 1}, {}, {0, 2}})}),
                {2, 0.25, 0, 0, 2.5, 0.5});
}

TEST(PoolMedian, IsTheHalfQuantile) {
  const MadePool median("median", 2), quantile("quantile", 2, {{"q", "0.5"}});
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {0, 2}})};
  EXPECT_TRUE(median(input).equal(quantile(input)));
}

TEST(PoolMedian, AnOutlierDoesNotMoveIt) {
  const MadePool median("median", 2);
  at::Tensor rows = golden_rows();
  rows[2].fill_(1e9);
  expect_values(median({.rows = rows, .join = make_join({{0, 1, 2}})}), {2, 0.25});
}

TEST(PoolMedian, Errors) {
  const MadePool median("median", 2);
  EXPECT_THROW(median({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
