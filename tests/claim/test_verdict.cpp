// SPDX-License-Identifier: Apache-2.0
#include "claim/verdict.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cenote {
namespace {

Verdict judged(Bound bound, double threshold, const std::vector<double>& values) {
  return judge({"f", bound, threshold, 0}, false, values).verdict;
}

TEST(Verdict, TheIntervalIsStudents) {
  // Mean 2, deviation 1, error 1 / sqrt 3, t of two degrees 4.303.
  const MeanInterval three = mean_interval(std::vector<double>{1, 2, 3});
  EXPECT_DOUBLE_EQ(three.mean, 2);
  EXPECT_NEAR(three.high - 2, 4.303 / std::sqrt(3), 1e-9);
  EXPECT_NEAR(2 - three.low, 4.303 / std::sqrt(3), 1e-9);
  std::vector<double> many;
  for (int i = 0; i < 31; ++i) many.push_back(i % 2);
  const double spread = std::sqrt(31 * (15.0 / 31) * (16.0 / 31) / 30 / 31);
  EXPECT_NEAR(mean_interval(many).high - mean_interval(many).mean, 2.042 * spread, 2e-3 * spread);
}

TEST(Verdict, OneSeedIsItsOwnInterval) {
  const MeanInterval one = mean_interval(std::vector<double>{0.5});
  EXPECT_EQ(one.low, 0.5);
  EXPECT_EQ(one.high, 0.5);
}

TEST(Verdict, TheWholeIntervalDecides) {
  EXPECT_EQ(judged(Bound::at_least, 0.9, {0.95, 0.96, 0.97}), Verdict::holds);
  EXPECT_EQ(judged(Bound::at_least, 0.95, {0.95, 0.96, 0.97}), Verdict::undecided);
  EXPECT_EQ(judged(Bound::at_least, 1.2, {0.95, 0.96, 0.97}), Verdict::fails);
  EXPECT_EQ(judged(Bound::at_most, 1.2, {0.95, 0.96, 0.97}), Verdict::holds);
  EXPECT_EQ(judged(Bound::at_most, 0.5, {0.95, 0.96, 0.97}), Verdict::fails);
  EXPECT_EQ(judged(Bound::at_least, 1, {1, 1, 1}), Verdict::holds);
  EXPECT_EQ(judged(Bound::at_least, 0, {1, std::nan(""), 1}), Verdict::undecided);
}

TEST(Verdict, AQuickRunHasItsOwnThreshold) {
  const ClaimCondition condition{"f", Bound::at_least, 0.9, 0.7};
  EXPECT_EQ(judge(condition, true, std::vector<double>{0.8}).verdict, Verdict::holds);
  EXPECT_EQ(judge(condition, false, std::vector<double>{0.8}).verdict, Verdict::fails);
}

TEST(Verdict, OneFailureIsEnough) {
  const auto holds = judge({"a", Bound::at_least, 0, 0}, false, std::vector<double>{1});
  const auto fails = judge({"b", Bound::at_least, 2, 0}, false, std::vector<double>{1});
  const auto open = judge({"c", Bound::at_least, 1, 0}, false, std::vector<double>{0, 2});
  EXPECT_EQ(judge_all({holds, open, fails}).verdict, Verdict::fails);
  EXPECT_EQ(judge_all({holds, open, fails}).reason, "b is 1, to be at least 2");
  EXPECT_EQ(judge_all({holds, open}).verdict, Verdict::undecided);
  EXPECT_EQ(judge_all({holds}).verdict, Verdict::holds);
}

TEST(Verdict, NamesGoBothWays) {
  for (const char* name : {"holds", "fails", "undecided", "skipped"})
    EXPECT_EQ(verdict_name(verdict_of(name)), name);
  EXPECT_THROW(verdict_of("passes"), Error);
}

}  // namespace
}  // namespace cenote
