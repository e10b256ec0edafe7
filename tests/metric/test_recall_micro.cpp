// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_recall_micro, ByHand) {
  // TP 4, FP 2, FN 2.
  EXPECT_DOUBLE_EQ(metric_value("recall_micro", kLabelsPrediction, kLabels, 3), 4.0 / 6);
}

TEST(Metric_recall_micro, NothingToDivideByIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("recall_micro", {0.1, 0.2}, {0, 0}, 2)));
}

TEST(Metric_recall_micro, PerfectIsOne) {
  EXPECT_EQ(metric_value("recall_micro", {0.9, 0.2}, {1, 0}, 2), 1);
}

TEST(Metric_recall_micro, Checks) { check_multilabel("recall_micro"); }

}  // namespace
}  // namespace cenote
