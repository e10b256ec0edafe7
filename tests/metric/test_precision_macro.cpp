// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_precision_macro, ByHand) {
  EXPECT_NEAR(metric_value("precision_macro", kLabelsPrediction, kLabels, 3), 2.0 / 3, kRounding);
}

TEST(Metric_precision_macro, NothingToDivideByCountsAsZero) {
  EXPECT_NEAR(metric_value("precision_macro", kLabelsPrediction, kLabelsWithoutSecond, 3), 0.5,
              kRounding);
}

TEST(Metric_precision_macro, PerfectIsOne) {
  EXPECT_EQ(metric_value("precision_macro", {0.9, 0.2, 0.1, 0.7}, {1, 0, 0, 1}, 2), 1);
}

TEST(Metric_precision_macro, Checks) { check_multilabel("precision_macro"); }

}  // namespace
}  // namespace cenote
