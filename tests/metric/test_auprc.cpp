// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_auprc, ByHand) {
  // Points (recall, precision): (0, 1), (1/2, 1), (1/2, 1/2), (1, 2/3).
  EXPECT_DOUBLE_EQ(metric_value("auprc", {0.1, 0.4, 0.35, 0.8}, {0, 0, 1, 1}),
                   0.5 + 0.5 * (0.5 + 2.0 / 3) / 2);
}

TEST(Metric_auprc, Ties) {
  EXPECT_NEAR(metric_value("auprc", kBinaryPrediction, kBinaryLabel), 0.6214285714285714,
              kRounding);
}

TEST(Metric_auprc, PerfectIsOne) { EXPECT_EQ(metric_value("auprc", {1, 2, 3}, {0, 1, 1}), 1); }

TEST(Metric_auprc, NoPositiveIsUndefined) {
  EXPECT_TRUE(std::isnan(metric_value("auprc", {0.1, 0.9}, {0, 0})));
}

TEST(Metric_auprc, Checks) { check_binary("auprc"); }

}  // namespace
}  // namespace cenote
