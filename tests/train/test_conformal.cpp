// SPDX-License-Identifier: Apache-2.0
#include "train/conformal.h"

#include <cmath>

#include "base/hash.h"
#include "support/error_of.h"
#include <gtest/gtest.h>

namespace cenote {
namespace {

double uniform(uint64_t of, int64_t i) {
  return static_cast<double>(mix64(hash_combine(of, i)) >> 11) * 0x1.0p-53;
}

TEST(Conformal, EndsAreOrderStatistics) {
  // Errors 1 ... 99: of 100 exchangeable ones 90 lie from the 5th to the 95th.
  std::vector<double> prediction(99, 10.0), label;
  for (int i = 1; i <= 99; ++i) label.push_back(10 + i);
  const ConformalIntervals intervals = fit_intervals(prediction, label, false);
  ASSERT_EQ(intervals.errors.size(), 1u);
  EXPECT_EQ(intervals.around(10, 0.9), std::make_pair(15.0, 105.0));
  EXPECT_EQ(intervals.around(0, 0.5), std::make_pair(25.0, 75.0));
}

TEST(Conformal, LargerErrorsOfLargerPredictionsHaveWiderIntervals) {
  std::vector<double> prediction, label;
  for (int64_t i = 0; i < 4000; ++i) {
    prediction.push_back(100 * uniform(1, i));
    label.push_back(prediction.back() * (0.5 + uniform(2, i)));
  }
  const ConformalIntervals intervals = fit_intervals(prediction, label, true);
  EXPECT_EQ(intervals.errors.size(), 10u);
  const auto small = intervals.around(5, 0.9), large = intervals.around(95, 0.9);
  EXPECT_LT(small.second - small.first, (large.second - large.first) / 5);
  EXPECT_GE(small.first, 0);
  // On fresh rows of the same kind: within three standard errors of the level.
  for (const double level : kIntervalLevels) {
    double held = 0;
    for (int64_t i = 0; i < 4000; ++i) {
      const double p = 100 * uniform(3, i), y = p * (0.5 + uniform(4, i));
      const auto [low, high] = intervals.around(p, level);
      held += low <= y && y <= high;
    }
    EXPECT_NEAR(held / 4000, level, 3 * std::sqrt(2 * level * (1 - level) / 4000)) << level;
  }
}

TEST(Conformal, EqualPredictionsHaveEqualIntervals) {
  std::vector<double> prediction(1000, 1.0), label;
  for (int64_t i = 0; i < 1000; ++i) label.push_back(uniform(1, i));
  for (int64_t i = 950; i < 1000; ++i) prediction[static_cast<size_t>(i)] = 2;
  // The 50 last are too few for a part of their own.
  EXPECT_EQ(fit_intervals(prediction, label, false).errors.size(), 1u);
}

TEST(Conformal, ErrorsAndNothing) {
  const std::vector<double> few(79, 1.0), bad{NAN};
  EXPECT_TRUE(fit_intervals(few, few, false).empty());
  std::vector<double> many(100, 1.0), missing = many;
  missing[3] = NAN;
  EXPECT_TRUE(fit_intervals(many, missing, false).empty());
  const ConformalIntervals intervals = fit_intervals(many, many, false);
  EXPECT_EQ(error_of([&] { intervals.around(1, 0.7); }),
            "bad_input: no intervals of 70 %; have: 50, 80, 90, 95");
  EXPECT_EQ(error_of([&] { ConformalIntervals{}.around(1, 0.9); }),
            "bad_input: the run has no intervals: they are learned for numbers, from 80 or more "
            "rows of validation");
  ConformalIntervals damaged = intervals;
  damaged.edges = {1.0};
  EXPECT_EQ(error_of([&] { check_intervals(damaged); }),
            "bad_input: model: its intervals are damaged");
}

}  // namespace
}  // namespace cenote
