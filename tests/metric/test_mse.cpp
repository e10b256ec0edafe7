// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_mse, ByHand) {
  EXPECT_DOUBLE_EQ(metric_value("mse", {1, 2, 3}, {1, 4, 2}), 5.0 / 3);  // (0 + 4 + 1) / 3
}

TEST(Metric_mse, PerfectIsZero) { EXPECT_EQ(metric_value("mse", {1, -2, 3}, {1, -2, 3}), 0); }

TEST(Metric_mse, Checks) { check_single("mse"); }

}  // namespace
}  // namespace cenote
