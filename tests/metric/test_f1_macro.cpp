// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_f1_macro, Multiclass) {
  // Class 0: TP 1, FP 1 -> 2/3. Class 1: FP 1, FN 2 -> 0. Class 2: TP 1, FP 1, FN 1 -> 1/2.
  EXPECT_DOUBLE_EQ(metric_value("f1_macro", kClassPrediction, kClassLabel, 3), (2.0 / 3 + 0.5) / 3);
}

TEST(Metric_f1_macro, AbsentClassesAreLeftOut) {
  // Class 2 is neither a label nor predicted.
  EXPECT_DOUBLE_EQ(metric_value("f1_macro", {0.9, 0.1, 0, 0.1, 0.9, 0}, {0, 1}, 3), 1);
}

TEST(Metric_f1_macro, Multilabel) {
  EXPECT_NEAR(metric_value("f1_macro", kLabelsPrediction, kLabels, 3), 0.6555555555555556,
              kRounding);
  EXPECT_NEAR(metric_value("f1_macro", kLabelsPrediction, kLabelsWithoutSecond, 3),
              0.43333333333333335, kRounding);
}

TEST(Metric_f1_macro, EveryUnknownClassCountsAsZero) {
  // Class 0: TP 1, FP 1. Class 1: FP 1. Class 2: TP 1, FP 1. Classes 5 and -1: only FN. As scikit-learn has it.
  EXPECT_DOUBLE_EQ(metric_value("f1_macro", kClassPrediction, kClassLabelUnknown, 3),
                   (2.0 / 3 + 2.0 / 3) / 5);
}

TEST(Metric_f1_macro, Checks) {
  check_multiclass("f1_macro");
  check_multilabel("f1_macro");
}

}  // namespace
}  // namespace cenote
