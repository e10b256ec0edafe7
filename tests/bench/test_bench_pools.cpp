// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_pools.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"

namespace cenote {
namespace {

TEST(BenchPools, ShapesAreWhatTheySay) {
  for (const PoolShape& shape : pool_shapes()) {
    const JoinPtr join = shape_join(shape, 3);
    EXPECT_EQ(join->groups(), shape.groups);
    EXPECT_EQ(join->links(), shape.links);
    int64_t largest = 0;
    for (int64_t g = 0; g < join->groups(); ++g) largest = std::max(largest, join->size(g));
    if (shape.zipf) {
      EXPECT_GT(largest, 1000);
    } else {
      EXPECT_LT(largest, 60);
    }
  }
}

TEST(BenchPools, EveryPoolIsTimedOnTheSmallShape) {
  int64_t seen = 0;
  const auto timings = bench_pools({.pools = {}, .shapes = {"small"}, .repeats = 1},
                                   [&](const PoolTiming&) { return ++seen > 0; });
  EXPECT_EQ(seen, std::ssize(timings));
  EXPECT_GT(seen, 40);
  for (const PoolTiming& timing : timings) {
    EXPECT_TRUE(timing.left_out.empty()) << timing.pool;
    EXPECT_GT(timing.forward, 0) << timing.pool;
    EXPECT_GT(timing.forward_share, 0) << timing.pool;
  }
}

TEST(BenchPools, StopsWhenAskedAndNamesMistakes) {
  const auto stopped = bench_pools({.pools = {}, .shapes = {"small"}, .repeats = 1},
                                   [](const PoolTiming&) { return false; });
  EXPECT_EQ(stopped.size(), 1u);
  const auto go = [](const PoolTiming&) { return true; };
  EXPECT_THROW(bench_pools({.pools = {"no_such"}, .shapes = {}}, go), Error);
  EXPECT_THROW(bench_pools({.pools = {}, .shapes = {"flat"}}, go), Error);
}

}  // namespace
}  // namespace cenote
