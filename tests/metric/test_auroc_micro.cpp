// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_auroc_micro, Golden) {
  EXPECT_NEAR(metric_value("auroc_micro", kLabelsPrediction, kLabels, 3), 0.7083333333333335,
              kRounding);
}

TEST(Metric_auroc_micro, IsAurocOfTheFlatList) {
  EXPECT_EQ(metric_value("auroc_micro", kLabelsPrediction, kLabels, 3),
            metric_value("auroc", kLabelsPrediction, kLabels));
}

TEST(Metric_auroc_micro, OneValueIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("auroc_micro", {0.1, 0.2}, {1, 1}, 2)));
}

TEST(Metric_auroc_micro, Checks) { check_multilabel("auroc_micro"); }

}  // namespace
}  // namespace cenote
