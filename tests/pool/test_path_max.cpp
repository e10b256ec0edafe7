// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const at::Tensor kAway = at::tensor({1., 0., 2., -1.}, at::kDouble).view({4, 1});

TEST(PoolPathMax, GoldenValues) {
  const PoolInput input{
      .rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {2}}), .coordinates = kAway};
  expect_values(MadePool("path_max", 2)(input), {2, 0.25, 0, 0, 0, 0});
  expect_values(MadePool("path_max", 2, {{"hops", "1"}})(input), {2, 0.25, 0, 0, 0, 0});
  expect_values(MadePool("path_max", 2, {{"hops", "2"}})(input), {4, 1.5, 0, 0, 0, 0});
}

TEST(PoolPathMax, FarEnoughItIsTheMaximum) {
  const PoolInput input{
      .rows = golden_rows(), .join = make_join({{0, 1, 2}}), .coordinates = kAway.narrow(0, 0, 3)};
  EXPECT_TRUE(MadePool("path_max", 2, {{"hops", "9"}})(input).equal(MadePool("max", 2)(input)));
}

TEST(PoolPathMax, Errors) {
  EXPECT_THROW(MadePool("path_max", 2, {{"hops", "-1"}}), Error);
  const MadePool pool("path_max", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}})}), Error);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}}), .coordinates = kAway}),
               Error);
}

}  // namespace
}  // namespace cenote
