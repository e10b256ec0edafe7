// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_f1_micro, MulticlassIsAccuracy) {
  EXPECT_DOUBLE_EQ(metric_value("f1_micro", kClassPrediction, kClassLabel, 3),
                   metric_value("accuracy", kClassPrediction, kClassLabel, 3));
}

TEST(Metric_f1_micro, Multilabel) {
  // TP 4, FP 2, FN 2.
  EXPECT_DOUBLE_EQ(metric_value("f1_micro", kLabelsPrediction, kLabels, 3), 8.0 / 12);
}

TEST(Metric_f1_micro, NothingAtAllIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("f1_micro", {0.1, 0.2}, {0, 0}, 2)));
}

TEST(Metric_f1_micro, UnknownClassesAreWrong) {
  EXPECT_DOUBLE_EQ(metric_value("f1_micro", kClassPrediction, kClassLabelUnknown, 3), 2.0 / 5);
}

TEST(Metric_f1_micro, Checks) {
  check_multiclass("f1_micro");
  check_multilabel("f1_micro");
}

}  // namespace
}  // namespace cenote
