// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_rmse, ByHand) {
  EXPECT_DOUBLE_EQ(metric_value("rmse", {1, 2, 3}, {1, 4, 2}), std::sqrt(5.0 / 3));
}

TEST(Metric_rmse, IsTheRootOfMse) {
  const Numbers prediction = {0.3, 7, -2}, label = {1, 1, 1};
  EXPECT_DOUBLE_EQ(metric_value("rmse", prediction, label),
                   std::sqrt(metric_value("mse", prediction, label)));
}

TEST(Metric_rmse, Checks) { check_single("rmse"); }

}  // namespace
}  // namespace cenote
