// SPDX-License-Identifier: Apache-2.0
// As-of pools of one group against the plain version, on moving windows.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/hash.h"
#include "feature/group_pooler.h"

namespace cenote {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr FeaturePool kPools[] = {FeaturePool::count, FeaturePool::mean,  FeaturePool::sum,
                                  FeaturePool::min,   FeaturePool::max,   FeaturePool::std,
                                  FeaturePool::last,  FeaturePool::first, FeaturePool::slope};

TEST(GroupPooler, IsWhatAHandWouldCompute) {
  const std::vector<double> x = {3, kMissing, 1, 5}, day = {0, 1, 2, 4};
  GroupPooler pooler;
  pooler.set(x, day, true, true);
  EXPECT_EQ(pooler.pool(FeaturePool::count, 0, 4), 3);
  EXPECT_EQ(pooler.pool(FeaturePool::sum, 1, 3), 1);
  EXPECT_EQ(pooler.pool(FeaturePool::mean, 0, 4), 3);
  EXPECT_EQ(pooler.pool(FeaturePool::min, 0, 2), 3);
  EXPECT_EQ(pooler.pool(FeaturePool::max, 0, 3), 3);
  EXPECT_DOUBLE_EQ(pooler.pool(FeaturePool::std, 0, 3), 1);
  EXPECT_EQ(pooler.pool(FeaturePool::last, 0, 2), 3);
  EXPECT_EQ(pooler.pool(FeaturePool::first, 1, 4), 1);
  EXPECT_DOUBLE_EQ(pooler.pool(FeaturePool::slope, 2, 4), 2);
  EXPECT_EQ(pooler.pool(FeaturePool::distinct, 0, 4), 3);
}

TEST(GroupPooler, OfNoValuesIsZeroOrMissing) {
  const std::vector<double> x = {kMissing, 2}, day = {0, 1};
  GroupPooler pooler;
  pooler.set(x, day, true, false);
  for (const auto& [low, high] : {std::pair<int64_t, int64_t>{0, 0}, {0, 1}, {1, 1}}) {
    EXPECT_EQ(pooler.pool(FeaturePool::count, low, high), 0);
    EXPECT_EQ(pooler.pool(FeaturePool::sum, low, high), 0);
    for (const FeaturePool pool :
         {FeaturePool::mean, FeaturePool::std, FeaturePool::min, FeaturePool::max,
          FeaturePool::last, FeaturePool::first, FeaturePool::slope})
      EXPECT_TRUE(std::isnan(pooler.pool(pool, low, high))) << static_cast<int>(pool);
  }
  // One value has no trend, and no spread.
  EXPECT_TRUE(std::isnan(pooler.pool(FeaturePool::slope, 0, 2)));
  EXPECT_EQ(pooler.pool(FeaturePool::std, 0, 2), 0);
}

TEST(GroupPooler, AgreesWithThePlainVersionOnMovingWindows) {
  for (uint64_t trial = 0; trial < 50; ++trial) {
    uint64_t at = 0;
    const auto draw = [&](uint64_t below) {
      return static_cast<int64_t>(hash_combine(trial, ++at) % below);
    };
    const int64_t n = 1 + draw(60);
    std::vector<double> x, day;
    double now = 1e4;
    for (int64_t i = 0; i < n; ++i) {
      now += static_cast<double>(draw(3));
      day.push_back(now);
      // Far from zero: sums of squares that are not shifted would lose everything.
      x.push_back(draw(5) == 0 ? kMissing : 1e8 + static_cast<double>(draw(20)));
    }
    GroupPooler pooler;
    pooler.set(x, day, true, false);
    for (const int64_t width : {int64_t{1}, int64_t{3}, int64_t{10}, n}) {
      for (const FeaturePool pool : kPools) {
        for (int64_t high = 0; high <= n; high += 1 + draw(4)) {
          const int64_t low = std::max<int64_t>(0, high - width);
          const auto part = [&](const std::vector<double>& all) {
            return std::span(all).subspan(low, high - low);
          };
          const double expected = pool_plainly(pool, part(x), part(day));
          const double got = pooler.pool(pool, low, high);
          if (std::isnan(expected)) {
            EXPECT_TRUE(std::isnan(got)) << static_cast<int>(pool);
          } else {
            EXPECT_NEAR(got, expected, 1e-7 * std::max(1.0, std::abs(expected)))
                << static_cast<int>(pool) << " " << low << " " << high;
          }
        }
      }
    }
  }
}

TEST(GroupPooler, DependsOnNothingAfterTheRange) {
  const std::vector<double> x = {1.1, 2.7, 0.3}, day = {0, 1, 2};
  std::vector<double> longer = x, more = day;
  for (int i = 0; i < 20; ++i) {
    longer.push_back(1e9 / (i + 1));
    more.push_back(3 + i);
  }
  GroupPooler a, b;
  a.set(x, day, true, false);
  b.set(longer, more, true, false);
  for (const FeaturePool pool : kPools)
    EXPECT_EQ(a.pool(pool, 0, 3), b.pool(pool, 0, 3)) << static_cast<int>(pool);
}

}  // namespace
}  // namespace cenote
