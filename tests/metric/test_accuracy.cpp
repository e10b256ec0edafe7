// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_accuracy, Binary) {
  EXPECT_DOUBLE_EQ(metric_value("accuracy", kBinaryPrediction, kBinaryLabel), 4.0 / 7);
}

TEST(Metric_accuracy, OneHalfIsClassZero) {
  EXPECT_EQ(metric_value("accuracy", {0.5}, {0}), 1);
  EXPECT_EQ(metric_value("accuracy", {0.5000001}, {1}), 1);
}

TEST(Metric_accuracy, FirstOfEqualClassesWins) {
  EXPECT_EQ(metric_value("accuracy", {0.4, 0.4, 0.2}, {0}, 3), 1);
  EXPECT_DOUBLE_EQ(metric_value("accuracy", kClassPrediction, kClassLabel, 3), 2.0 / 5);
}

TEST(Metric_accuracy, UnknownClassesAreWrong) {
  EXPECT_DOUBLE_EQ(metric_value("accuracy", kClassPrediction, kClassLabelUnknown, 3), 2.0 / 5);
}

TEST(Metric_accuracy, Checks) {
  EXPECT_EQ(metric_error("accuracy", {0.1, 0.2}, {0, 0.5}).rfind("bad_input", 0), 0u);
  EXPECT_TRUE(std::isnan(metric_value("accuracy", {}, {})));
  check_multiclass("accuracy");
}

}  // namespace
}  // namespace cenote
