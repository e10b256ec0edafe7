// SPDX-License-Identifier: Apache-2.0
#include "kernel/join_builders.h"

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

using testing::ElementsAre;

std::vector<int64_t> group(const Join& join, int64_t g) {
  return {join.rows.begin() + join.offsets[g], join.rows.begin() + join.offsets[g + 1]};
}

/// 0 - 1 - 2 - 3 with 4 at 1, and 5 alone.
const JoinPtr kGraph = join_of({{1}, {0, 2, 4}, {1, 3}, {2}, {1}, {}});

TEST(JoinBuilders, WindowsOfAPicture) {
  const JoinPtr join = grid_windows(3, 4, 2, 2);
  ASSERT_EQ(join->groups(), 2);
  EXPECT_THAT(group(*join, 1), ElementsAre(2, 3, 6, 7));
  EXPECT_EQ(grid_windows(3, 4, 2, 1)->groups(), 6);
  EXPECT_THROW(grid_windows(3, 4, 0, 1), Error);
}

TEST(JoinBuilders, NeighbourhoodsOfAPicture) {
  const PlacedJoin placed = grid_neighbourhoods(2, 2, 1);
  ASSERT_EQ(placed.join->groups(), 4);
  EXPECT_THAT(group(*placed.join, 0), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(std::vector<double>(placed.coordinates.begin(), placed.coordinates.begin() + 8),
              ElementsAre(0, 0, 0, 1, 1, 0, 1, 1));
  EXPECT_EQ(placed.coordinates_tensor().size(1), 2);
}

TEST(JoinBuilders, WindowsOfASequenceLeaveNothingOut) {
  const JoinPtr join = sequence_windows(5, 2, 2);
  ASSERT_EQ(join->groups(), 3);
  EXPECT_THAT(group(*join, 2), ElementsAre(4));
  EXPECT_EQ(sequence_windows(5, 3, 1)->groups(), 3);
  EXPECT_EQ(sequence_windows(0, 3, 1)->groups(), 0);
}

TEST(JoinBuilders, SegmentsEndAtTheirBoundary) {
  const JoinPtr join = segments({false, true, true, false});
  ASSERT_EQ(join->groups(), 3);
  EXPECT_THAT(group(*join, 0), ElementsAre(0, 1));
  EXPECT_THAT(group(*join, 2), ElementsAre(3));
}

TEST(JoinBuilders, Pieces) {
  EXPECT_THAT(pieces(5, 1, 3).coordinates, ElementsAre(0, 0, 1, 1, 2));
  EXPECT_THROW(pieces(5, 3, 1), Error);
}

TEST(JoinBuilders, Hops) {
  const JoinPtr one = k_hop(*kGraph, 1), two = k_hop(*kGraph, 2);
  EXPECT_THAT(group(*one, 0), ElementsAre(0, 1));
  EXPECT_THAT(group(*two, 0), ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(group(*two, 5), ElementsAre(5));
  EXPECT_THROW(k_hop(*kGraph, -1), Error);
}

TEST(JoinBuilders, DistancesFromAPath) {
  EXPECT_THAT(distances_from_path(*kGraph, 0, 2).coordinates, ElementsAre(0, 0, 0, 1, 1, -1));
  EXPECT_THAT(distances_from_path(*kGraph, 3, 5).coordinates, ElementsAre(3, 2, 1, 0, 3, 0));
  EXPECT_THROW(distances_from_path(*kGraph, 0, 9), Error);
}

TEST(JoinBuilders, TransposedTwiceIsTheSame) {
  const JoinPtr join = random_join(12, 20);
  const TransposedJoin once = transposed(*join, 20), twice = transposed(*once.join, 12);
  for (int64_t g = 0; g < 12; ++g) {
    auto sorted = group(*join, g);
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(group(*twice.join, g), sorted);
  }
  EXPECT_THROW(transposed(*join, 3), Error);
}

TEST(JoinBuilders, UnpoolingIsTheTransposedPool) {
  // <pool(x), v> = <x, unpool(v)> for all x and v.
  const JoinPtr join = random_join(9, 15);
  const at::Tensor shares = at::randn({join->links(), 2}, at::kDouble);
  const at::Tensor x = at::randn({15, 6}, at::kDouble), v = at::randn({9, 6}, at::kDouble);
  const double left = segment_weighted_sum(x, shares, join).mul(v).sum().item<double>();
  const double right = unpool_rows(v, shares, join, 15).mul(x).sum().item<double>();
  EXPECT_NEAR(left, right, 1e-10);
  expect_gradient([&](const auto& in) { return unpool_rows(in[0], in[1], join, 15); }, {v, shares});
}

}  // namespace
}  // namespace cenote
