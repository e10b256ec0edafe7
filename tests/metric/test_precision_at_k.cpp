// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_precision_at_k, ByHand) {
  // 2 of 3 places, 1 of 3.
  EXPECT_NEAR(metric_value("precision_at_k", kHits, kItems, 3), (2.0 / 3 + 1.0 / 3) / 2, kRounding);
}

TEST(Metric_precision_at_k, MorePlacesThanItemsCannotBeAllRight) {
  EXPECT_DOUBLE_EQ(metric_value("precision_at_k", {1, 0, 0}, {1}, 3), 1.0 / 3);
}

TEST(Metric_precision_at_k, Checks) { check_links("precision_at_k"); }

}  // namespace
}  // namespace cenote
