// SPDX-License-Identifier: Apache-2.0
#include "kernel/exp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cenote {
namespace {

TEST(PolynomialExp, IsWithinItsBound) {
  double worst = 0, worst_double = 0;
  for (int i = -870000; i <= 880000; ++i) {
    const float x = static_cast<float>(i) * 1e-4f;
    const double exact = std::exp(static_cast<double>(x));
    worst = std::fmax(worst, std::abs(polynomial_exp(x) / exact - 1));
  }
  for (int i = -700000; i <= 700000; ++i) {
    const double x = i * 1.0009e-3;
    const long double exact = std::exp(static_cast<long double>(x));
    worst_double =
        std::fmax(worst_double, static_cast<double>(std::abs(polynomial_exp(x) / exact - 1)));
  }
  EXPECT_LE(worst, 2e-7);
  EXPECT_LE(worst_double, 5e-16);
}

TEST(PolynomialExp, Edges) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(polynomial_exp(0.0f), 1.0f);
  EXPECT_EQ(polynomial_exp(0.0), 1.0);
  EXPECT_LT(polynomial_exp(-kInfinity), 2e-38f);
  EXPECT_LT(polynomial_exp(-1000.0), 1e-307);
  EXPECT_TRUE(std::isfinite(polynomial_exp(kInfinity)));
  EXPECT_TRUE(std::isfinite(polynomial_exp(1e9)));
  EXPECT_TRUE(std::isnan(polynomial_exp(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(polynomial_exp(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace cenote
