// SPDX-License-Identifier: Apache-2.0
#include "model/detail/label_statistics.h"

#include <gtest/gtest.h>

namespace cenote {
namespace {

TEST(RegressionScale, ClampsToPercentiles) {
  std::vector<double> labels;
  for (int i = 0; i <= 100; ++i) labels.push_back(i);
  const OutputScale scale = regression_scale(labels);
  EXPECT_DOUBLE_EQ(scale.low, 2);
  EXPECT_DOUBLE_EQ(scale.high, 98);
  EXPECT_DOUBLE_EQ(scale.shift, 50);
}

TEST(RegressionScale, FewThatDifferStayWithinReach) {
  std::vector<double> labels(1000, 0.0);
  labels[17] = 250;
  const OutputScale scale = regression_scale(labels);
  EXPECT_DOUBLE_EQ(scale.low, 0);
  EXPECT_DOUBLE_EQ(scale.high, 250);
}

}  // namespace
}  // namespace cenote
