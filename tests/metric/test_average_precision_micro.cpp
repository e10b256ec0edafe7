// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_average_precision_micro, Golden) {
  EXPECT_NEAR(metric_value("average_precision_micro", kLabelsPrediction, kLabels, 3),
              0.7099567099567099, kRounding);
}

TEST(Metric_average_precision_micro, IsThatOfTheFlatList) {
  EXPECT_EQ(metric_value("average_precision_micro", kLabelsPrediction, kLabels, 3),
            metric_value("average_precision", kLabelsPrediction, kLabels));
}

TEST(Metric_average_precision_micro, NoPositiveIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("average_precision_micro", {0.1, 0.2}, {0, 0}, 2)));
}

TEST(Metric_average_precision_micro, Checks) { check_multilabel("average_precision_micro"); }

}  // namespace
}  // namespace cenote
