// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_mrr, ByHand) {
  // Ranks 2, 1, 1, 1 (a tie shares the best rank), 2.
  EXPECT_DOUBLE_EQ(metric_value("mrr", kClassPrediction, kClassLabel, 3), 4.0 / 5);
}

TEST(Metric_mrr, AlwaysFirstIsOne) {
  EXPECT_EQ(metric_value("mrr", {0.1, 0.9, 0.8, 0.2}, {1, 0}, 2), 1);
}

TEST(Metric_mrr, UnknownClassesAddNothing) {
  EXPECT_DOUBLE_EQ(metric_value("mrr", kClassPrediction, kClassLabelUnknown, 3), 2.0 / 5);
}

TEST(Metric_mrr, Checks) { check_multiclass("mrr"); }

}  // namespace
}  // namespace cenote
