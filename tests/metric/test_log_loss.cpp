// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_log_loss, Binary) {
  EXPECT_NEAR(metric_value("log_loss", {0.9, 0.2, 0.6}, {1, 0, 1}), 0.2797765635793423, kRounding);
  EXPECT_NEAR(metric_value("log_loss", kBinaryPrediction, kBinaryLabel), 0.7459080464874155,
              kRounding);
}

TEST(Metric_log_loss, Multiclass) {
  EXPECT_NEAR(metric_value("log_loss", kClassPrediction, kClassLabel, 3), 0.8383473816461502,
              kRounding);
}

TEST(Metric_log_loss, TwoColumnsAreTheSameAsOne) {
  EXPECT_DOUBLE_EQ(metric_value("log_loss", {0.25, 0.75, 0.5, 0.5}, {1, 0}, 2),
                   metric_value("log_loss", {0.75, 0.5}, {1, 0}));
}

TEST(Metric_log_loss, CertainAndWrongIsFinite) {
  EXPECT_NEAR(metric_value("log_loss", {1, 1}, {1, 0}), 18.021826694558577, kRounding);
}

TEST(Metric_log_loss, UnknownClassesGotNoProbability) {
  EXPECT_DOUBLE_EQ(metric_value("log_loss", {0.5, 0.5}, {-1}, 2), -std::log(0x1p-52));
  EXPECT_DOUBLE_EQ(metric_value("log_loss", {0.5, 0.5}, {2}, 2), -std::log(0x1p-52));
}

TEST(Metric_log_loss, Checks) {
  EXPECT_EQ(metric_error("log_loss", {0.5, 1.5}, {0, 1}),
            "bad_input: log_loss takes probabilities, row 1 has 1.5");
  check_multiclass("log_loss");
}

}  // namespace
}  // namespace cenote
