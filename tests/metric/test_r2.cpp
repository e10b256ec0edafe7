// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_r2, ByHand) {
  // Mean 7 / 3; residual 0 + 4 + 1; total 16/9 + 25/9 + 1/9.
  EXPECT_NEAR(metric_value("r2", {1, 2, 3}, {1, 4, 2}), 1 - 5 / (42.0 / 9), kRounding);
}

TEST(Metric_r2, MeanIsZeroPerfectIsOne) {
  EXPECT_DOUBLE_EQ(metric_value("r2", {2, 2, 2}, {1, 2, 3}), 0);
  EXPECT_DOUBLE_EQ(metric_value("r2", {1, 2, 3}, {1, 2, 3}), 1);
}

TEST(Metric_r2, EqualLabelsAreUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("r2", {1, 2}, {3, 3})));
}

TEST(Metric_r2, Checks) { check_single("r2"); }

}  // namespace
}  // namespace cenote
