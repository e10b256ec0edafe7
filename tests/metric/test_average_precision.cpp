// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_average_precision, ByHand) {
  // Down the scores: 1 of 1, then 2 of 3.
  EXPECT_DOUBLE_EQ(metric_value("average_precision", {0.1, 0.4, 0.35, 0.8}, {0, 0, 1, 1}),
                   (1.0 + 2.0 / 3) / 2);
}

TEST(Metric_average_precision, TiesAreOneStep) {
  EXPECT_NEAR(metric_value("average_precision", kBinaryPrediction, kBinaryLabel),
              0.6095238095238096, kRounding);
}

TEST(Metric_average_precision, EqualScoresGiveTheShareOfClassOne) {
  EXPECT_DOUBLE_EQ(metric_value("average_precision", {3, 3, 3, 3}, {0, 1, 0, 0}), 0.25);
}

TEST(Metric_average_precision, NoPositiveIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("average_precision", {0.1, 0.9}, {0, 0})));
}

TEST(Metric_average_precision, Checks) { check_binary("average_precision"); }

}  // namespace
}  // namespace cenote
