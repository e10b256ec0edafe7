// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_recall_at_k, ByHand) {
  // 2 of 4, 1 of 1.
  EXPECT_NEAR(metric_value("recall_at_k", kHits, kItems, 3), (0.5 + 1) / 2, kRounding);
}

TEST(Metric_recall_at_k, MoreItemsThanPlacesCannotAllBeFound) {
  EXPECT_DOUBLE_EQ(metric_value("recall_at_k", {1, 1}, {8}, 2), 0.25);
}

TEST(Metric_recall_at_k, Checks) { check_links("recall_at_k"); }

}  // namespace
}  // namespace cenote
