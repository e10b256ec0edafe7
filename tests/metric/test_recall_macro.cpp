// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_recall_macro, ByHand) {
  EXPECT_NEAR(metric_value("recall_macro", kLabelsPrediction, kLabels, 3), (2.0 / 3 + 1.5) / 3,
              kRounding);
}

TEST(Metric_recall_macro, NothingToDivideByCountsAsZero) {
  EXPECT_NEAR(metric_value("recall_macro", kLabelsPrediction, kLabelsWithoutSecond, 3),
              (2.0 / 3 + 0.5) / 3, kRounding);
}

TEST(Metric_recall_macro, PerfectIsOne) {
  EXPECT_EQ(metric_value("recall_macro", {0.9, 0.2, 0.1, 0.7}, {1, 0, 0, 1}, 2), 1);
}

TEST(Metric_recall_macro, Checks) { check_multilabel("recall_macro"); }

}  // namespace
}  // namespace cenote
