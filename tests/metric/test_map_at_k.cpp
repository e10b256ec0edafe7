// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_map_at_k, ByHand) {
  // (1 + 2/3) / min(3, 4) and (1/2) / 1.
  EXPECT_NEAR(metric_value("map_at_k", kHits, kItems, 3), ((1 + 2.0 / 3) / 3 + 0.5) / 2, kRounding);
}

TEST(Metric_map_at_k, AnEarlierHitIsBetter) {
  EXPECT_GT(metric_value("map_at_k", {1, 0, 0}, {1}, 3),
            metric_value("map_at_k", {0, 1, 0}, {1}, 3));
  EXPECT_EQ(metric_value("map_at_k", {1, 0, 0}, {1}, 3), 1);
}

TEST(Metric_map_at_k, Checks) { check_links("map_at_k"); }

}  // namespace
}  // namespace cenote
