// SPDX-License-Identifier: Apache-2.0
#include "loss/loss_helpers.h"

namespace cenote {
namespace {

TEST(LossCrossEntropy, GoldenValues) {
  expect_numbers(loss_of("cross_entropy", matrix({{0, 0, 0}, {1, 2, 3}}), matrix({{1}, {2}})),
                 {1.098612, 0.407606});
  expect_numbers(gradient_of("cross_entropy", matrix({{1, 2, 3}}), matrix({{2}})),
                 {0.090031, 0.244728, -0.334759});
  expect_numbers(loss_registry().at("cross_entropy").predict(matrix({{1, 2, 3}})),
                 {0.090031, 0.244728, 0.665241});
}

TEST(LossCrossEntropy, TwoClassesAreBinary) {
  // ln(1 + e^-2) either way.
  expect_numbers(loss_of("cross_entropy", matrix({{0, 2}}), matrix({{1}})), {0.126928});
}

TEST(LossCrossEntropy, Laws) { expect_loss_laws("cross_entropy", 3, {{0}, {2}, {1}, {1}}); }

TEST(LossCrossEntropy, Errors) {
  for (const double label : {-1.0, 3.0, 0.5}) {
    EXPECT_THROW(loss_of("cross_entropy", matrix({{0, 0, 0}}), matrix({{label}})), Error) << label;
  }
  EXPECT_THROW(loss_of("cross_entropy", matrix({{0, 0}}), matrix({{0, 1}})), Error);
}

}  // namespace
}  // namespace cenote
