// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolCls, GoldenValues) {
  const MadePool cls("cls", 2);
  const double order[] = {2, 0, 1, 3};
  expect_values(
      cls({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}}), .order = order}),
      {2, 0.25, 0, 0, 0, 0});
}

TEST(PoolCls, PlacesFromZeroMakeItTheFirst) {
  const MadePool cls("cls", 2), first("first", 2);
  const double order[] = {1, 2, 0};
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .order = order};
  EXPECT_TRUE(cls(input).equal(first(input)));
}

TEST(PoolCls, Errors) {
  const MadePool cls("cls", 2);
  EXPECT_THROW(cls({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
