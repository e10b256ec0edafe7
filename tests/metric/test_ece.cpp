// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_ece, GapsOfParts) {
  // [.1, .2): mean .15, no ones; [.8, .9): mean .8, half of two.
  EXPECT_NEAR(metric_value("ece", {0.1, 0.2 - 1e-9, 0.8, 0.8}, {0, 0, 1, 0}),
              (0.3 - 1e-9 + 0.6) / 4, kRounding);
}

TEST(Metric_ece, WhatIsOverInOnePartMakesUpForNoOther) {
  EXPECT_NEAR(metric_value("ece", {0.25, 0.75}, {1, 0}), 0.75, kRounding);
  EXPECT_NEAR(metric_value("ece", {0.25, 0.25, 0.25, 0.25}, {1, 0, 0, 0}), 0, kRounding);
}

TEST(Metric_ece, OneIsInTheLastPart) {
  EXPECT_NEAR(metric_value("ece", {1, 0.9}, {1, 1}), 0.05, kRounding);
}

TEST(Metric_ece, Checks) {
  EXPECT_EQ(metric_error("ece", {0.5, 1.5}, {0, 1}),
            "bad_input: ece takes probabilities, row 1 has 1.5");
  check_binary("ece");
}

}  // namespace
}  // namespace cenote
