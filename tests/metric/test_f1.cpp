// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_f1, ByHand) {
  // TP 2 (0.5, 0.9), FP 3 (0.5, 0.5, 0.7), FN 1: 4 / 8.
  EXPECT_DOUBLE_EQ(metric_value("f1", kBinaryPrediction, kBinaryLabel), 0.5);
}

TEST(Metric_f1, OneHalfIsClassOne) { EXPECT_EQ(metric_value("f1", {0.5, 0.4}, {1, 0}), 1); }

TEST(Metric_f1, NothingPredictedNothingTrueIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("f1", {0.1, 0.2}, {0, 0})));
  EXPECT_EQ(metric_value("f1", {0.1, 0.2}, {0, 1}), 0);
}

TEST(Metric_f1, Checks) { check_binary("f1"); }

}  // namespace
}  // namespace cenote
