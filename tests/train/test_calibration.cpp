// SPDX-License-Identifier: Apache-2.0
#include "train/calibration.h"

#include <cmath>

#include "base/hash.h"
#include "support/error_of.h"
#include <gtest/gtest.h>

namespace cenote {
namespace {

/// Labels that come true as often as `truth` says of a probability; two rows an entity.
struct Sample {
  std::vector<double> probability, label;
  std::vector<int64_t> entity;

  template <class Truth>
  Sample(int64_t rows, const Truth& truth) {
    for (int64_t i = 0; i < rows; ++i) {
      const auto uniform = [&](uint64_t of) {
        return static_cast<double>(mix64(hash_combine(of, i)) >> 11) * 0x1.0p-53;
      };
      probability.push_back(0.02 + 0.96 * uniform(1));
      label.push_back(uniform(2) < truth(probability.back()) ? 1 : 0);
      entity.push_back(i / 2);
    }
  }
  ChosenCalibration choose() const { return choose_calibration(probability, label, entity, 3); }
};

double odds(double p) { return std::log(p / (1 - p)); }

TEST(Calibration, PlattFindsSlopeAndIntercept) {
  const Sample sample(20000, [](double p) { return 1 / (1 + std::exp(-(0.5 * odds(p) - 1))); });
  const Calibration platt = fit_platt(sample.probability, sample.label);
  ASSERT_EQ(platt.method, "platt");
  EXPECT_NEAR(platt.from[0], 0.5, 0.03);
  EXPECT_NEAR(platt.to[0], -1, 0.05);
  EXPECT_NEAR(platt(0.5), 1 / (1 + std::exp(1.0)), 0.02);
}

TEST(Calibration, PlattByHand) {
  // All scores are alike: the mean of the drawn-in targets, (3 * 4/5 + 1/3) / 4.
  const Calibration platt =
      fit_platt(std::vector<double>{0.5, 0.5, 0.5, 0.5}, std::vector<double>{1, 1, 1, 0});
  EXPECT_NEAR(platt(0.5), (3 * 0.8 + 1.0 / 3) / 4, 1e-6);
}

TEST(Calibration, WhatIsUpsideDownStaysAsItIs) {
  const Sample sample(2000, [](double p) { return 1 - p; });
  EXPECT_EQ(fit_platt(sample.probability, sample.label).method, "none");
  EXPECT_EQ(sample.choose().calibration.method, "none");
}

TEST(Calibration, IsotonicByHand) {
  // Parts of 20 rows with shares .25, .2, .75; drawn towards .4 by one example; the first two are one.
  std::vector<double> probability, label;
  const std::pair<double, int> parts[] = {{0.1, 5}, {0.3, 4}, {0.8, 15}};
  for (const auto& [p, ones] : parts) {
    for (int i = 0; i < 20; ++i) {
      probability.push_back(p);
      label.push_back(i < ones);
    }
  }
  const Calibration map = fit_isotonic(probability, label);
  const double first = ((5 + 0.4) / 21 + (4 + 0.4) / 21) / 2, last = (15 + 0.4) / 21;
  ASSERT_EQ(map.from.size(), 4u);
  EXPECT_NEAR(map(0.2), first, 1e-12);
  EXPECT_NEAR(map(0.8), last, 1e-12);
  EXPECT_NEAR(map(0.5), (first + last) / 2, 1e-12);
  EXPECT_NEAR(map(0.1), first / 2, 1e-12);
  EXPECT_NEAR(map(0.9), (last + 1) / 2, 1e-12);
}

TEST(Calibration, IsMonotoneAndKeepsTheOrder) {
  const Sample sample(3000, [](double p) { return p < 0.6 ? 0.1 : 0.7; });
  for (const Calibration& map : {fit_platt(sample.probability, sample.label),
                                 fit_isotonic(sample.probability, sample.label)}) {
    check_calibration(map);
    for (int i = 0; i < 1000; ++i) EXPECT_LT(map(i / 1000.0), map((i + 1) / 1000.0)) << map.method;
  }
}

TEST(Calibration, ChoosesTheSimplestThatIsGoodEnough) {
  const Sample true_ones(3000, [](double p) { return p; });
  EXPECT_EQ(true_ones.choose().calibration.method, "none");
  const Sample logistic(3000, [](double p) { return 1 / (1 + std::exp(-0.4 * odds(p))); });
  EXPECT_EQ(logistic.choose().calibration.method, "platt");
  EXPECT_LT(logistic.choose().loss_after, logistic.choose().loss_before);
  const Sample steps(6000, [](double p) { return p < 0.3 ? 0.05 : p < 0.7 ? 0.8 : 0.85; });
  EXPECT_EQ(steps.choose().calibration.method, "isotonic");
}

TEST(Calibration, TooFewRowsSayNothing) {
  const Sample few(30, [](double) { return 0.5; });
  EXPECT_EQ(few.choose().calibration.method, "none");
  EXPECT_TRUE(std::isnan(few.choose().loss_before));
  EXPECT_TRUE(std::isnan(Calibration{"platt", {1}, {0}}(NAN)));
}

TEST(Calibration, DamagedOnesAreRefused) {
  const Calibration damaged[] = {{"none", {1}, {1}},           {"platt", {-1}, {0}},
                                 {"platt", {1}, {NAN}},        {"isotonic", {0, 1}, {0.5, 0.4}},
                                 {"isotonic", {0, 0}, {0, 1}}, {"isotonic", {0, 1}, {0, 2}},
                                 {"stairs", {0, 1}, {0, 1}}};
  for (const Calibration& one : damaged) {
    EXPECT_EQ(error_of([&] { check_calibration(one); }),
              "bad_input: model: the calibration '" + one.method + "' is damaged");
  }
}

}  // namespace
}  // namespace cenote
