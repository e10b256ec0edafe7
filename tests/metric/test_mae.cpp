// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_mae, ByHand) {
  EXPECT_DOUBLE_EQ(metric_value("mae", {1, 2, 3}, {1, 4, 2}), 1);  // (0 + 2 + 1) / 3
}

TEST(Metric_mae, ShiftIsItsSize) {
  EXPECT_DOUBLE_EQ(metric_value("mae", {3.5, 4.5, 0.5}, {1, 2, -2}), 2.5);
}

TEST(Metric_mae, Checks) { check_single("mae"); }

}  // namespace
}  // namespace cenote
