// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_auroc, ByHand) {
  // Pairs (positive, negative): 0.35 > 0.1, 0.35 < 0.4, 0.8 > 0.1, 0.8 > 0.4.
  EXPECT_EQ(metric_value("auroc", {0.1, 0.4, 0.35, 0.8}, {0, 0, 1, 1}), 0.75);
}

TEST(Metric_auroc, TiesCountOneHalf) {
  EXPECT_EQ(metric_value("auroc", {0.5, 0.5, 0.5}, {0, 1, 1}), 0.5);
  EXPECT_DOUBLE_EQ(metric_value("auroc", kBinaryPrediction, kBinaryLabel), 6.5 / 12);
}

TEST(Metric_auroc, OnlyTheOrderCounts) {
  Numbers grown = kBinaryPrediction, reversed = kBinaryPrediction;
  for (double& x : grown) x = std::exp(40 * x) - 1e6;
  for (double& x : reversed) x = -x;
  const double value = metric_value("auroc", kBinaryPrediction, kBinaryLabel);
  EXPECT_EQ(metric_value("auroc", grown, kBinaryLabel), value);
  EXPECT_DOUBLE_EQ(metric_value("auroc", reversed, kBinaryLabel), 1 - value);
}

TEST(Metric_auroc, OneClassIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("auroc", {0.1, 0.9}, {1, 1})));
  EXPECT_TRUE(std::isnan(metric_value("auroc", {0.1, 0.9}, {0, 0})));
}

TEST(Metric_auroc, Checks) { check_binary("auroc"); }

}  // namespace
}  // namespace cenote
