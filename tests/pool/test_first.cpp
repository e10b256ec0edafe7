// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolFirst, GoldenValues) {
  const MadePool first("first", 2);
  const double order[] = {10, 30, 5, 1};
  expect_values(
      first({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}}), .order = order}),
      {4, 1.5, 0, 0, 2, 0.25});
}

TEST(PoolFirst, OfEqualKeysTheFirstWins) {
  const MadePool first("first", 2), last("last", 2);
  const double order[] = {1, 1, 1};
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .order = order};
  expect_values(first(input), {1, -0.5});
  expect_values(last(input), {4, 1.5});
}

TEST(PoolFirst, RowsWithoutWeightTakeNoPart) {
  const MadePool first("first", 2);
  const double order[] = {1, 2, 3}, weights[] = {0, 1, 1};
  expect_values(first({.rows = golden_rows(),
                       .join = make_join({{0, 1, 2}}),
                       .weights = weights,
                       .order = order}),
                {2, 0.25});
}

TEST(PoolFirst, Errors) {
  const MadePool first("first", 2);
  EXPECT_THROW(first({.rows = golden_rows(), .join = make_join({{0}})}), Error);
  const double order[] = {__builtin_nan("")};
  EXPECT_THROW(first({.rows = golden_rows(), .join = make_join({{0}}), .order = order}), Error);
}

}  // namespace
}  // namespace cenote
