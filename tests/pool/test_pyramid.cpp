// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/arange.h>

#include "base/check.h"
#include "kernel/join_builders.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

PoolInput picture(const PlacedJoin& places) {
  return {.rows = at::arange(places.join->links(), at::kDouble).view({-1, 1}),
          .join = places.join,
          .coordinates = places.coordinates_tensor()};
}

TEST(PoolPyramid, GoldenValues) {
  // Four by four pixels with values 0 ... 15: quarters, then all.
  const MadePool pool("pyramid", 1, {{"levels", "2,1"}});
  expect_values(pool(picture(grid_places(4, 4))), {5, 7, 13, 15, 15});
}

TEST(PoolPyramid, PicturesOfAllSizesAreAsWide) {
  const MadePool pool("pyramid", 1);
  for (const int64_t side : {1, 4, 7, 13})
    EXPECT_EQ(pool(picture(grid_places(side, side + 2))).size(1), 50);
}

TEST(PoolPyramid, OneBinIsTheMaximum) {
  const MadePool pool("pyramid", 2, {{"levels", "1"}});
  const PoolInput input{
      .rows = golden_rows(),
      .join = make_join({{0, 1, 2}}),
      .coordinates = at::tensor({0., 1., 5., 5., 2., 2.}, at::kDouble).view({3, 2})};
  EXPECT_TRUE(pool(input).equal(MadePool("max", 2)(input)));
}

TEST(PoolPyramid, BinsWithoutRowsAreZeros) {
  const MadePool pool("pyramid", 1, {{"levels", "2"}, {"dimensions", "1"}});
  const PoolInput input{.rows = at::tensor({-1., -2.}, at::kDouble).view({2, 1}),
                        .join = make_join({{0, 1}, {}}),
                        .coordinates = at::tensor({3., 3.}, at::kDouble).view({2, 1})};
  expect_values(pool(input), {-1, 0, 0, 0});
}

TEST(PoolPyramid, Errors) {
  for (const char* levels : {"0", "a", "65", "2,,1", ""})
    EXPECT_THROW(MadePool("pyramid", 1, {{"levels", levels}}), Error) << levels;
  const MadePool pool("pyramid", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}})}), Error);
  EXPECT_THROW(pool({.rows = golden_rows(),
                     .join = make_join({{0}}),
                     .coordinates = at::tensor({1.}, at::kDouble).view({1, 1})}),
               Error);
}

}  // namespace
}  // namespace cenote
