// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_auroc_macro, Multilabel) {
  EXPECT_NEAR(metric_value("auroc_macro", kLabelsPrediction, kLabels, 3), 0.6527777777777778,
              kRounding);
}

TEST(Metric_auroc_macro, Multiclass) {
  EXPECT_NEAR(metric_value("auroc_macro", kClassPrediction, kClassLabel, 3), 0.8055555555555557,
              kRounding);
}

TEST(Metric_auroc_macro, MissingClassIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("auroc_macro", kLabelsPrediction, kLabelsWithoutSecond, 3)));
}

TEST(Metric_auroc_macro, Checks) {
  check_multiclass("auroc_macro");
  check_multilabel("auroc_macro");
}

}  // namespace
}  // namespace cenote
