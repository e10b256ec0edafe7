// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_average_precision_macro, Golden) {
  EXPECT_NEAR(metric_value("average_precision_macro", kLabelsPrediction, kLabels, 3),
              0.6666666666666666, kRounding);
}

TEST(Metric_average_precision_macro, LabelWithoutPositiveCountsAsZero) {
  EXPECT_NEAR(metric_value("average_precision_macro", kLabelsPrediction, kLabelsWithoutSecond, 3),
              0.5, kRounding);
}

TEST(Metric_average_precision_macro, NoPositiveAtAllIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("average_precision_macro", {0.1, 0.2}, {0, 0}, 2)));
}

TEST(Metric_average_precision_macro, Checks) { check_multilabel("average_precision_macro"); }

}  // namespace
}  // namespace cenote
