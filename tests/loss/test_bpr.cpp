// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "loss/loss_helpers.h"

namespace cenote {
namespace {

TEST(LossBpr, GoldenValues) {
  // Apart by 0 and by -ln 3: (ln 2 + ln 4/3) / 2; slopes 1/2 and 1/4, halved.
  const at::Tensor scores = matrix({{1, 1, 1 - std::log(3)}});
  expect_numbers(loss_of("bpr", scores, matrix({{7}})), {(std::log(2) + std::log(4.0 / 3)) / 2});
  expect_numbers(gradient_of("bpr", scores, matrix({{7}})), {-0.375, 0.25, 0.125});
  expect_numbers(loss_of("bpr", matrix({{5}}), matrix({{1}})), {0});  // nothing to compare with
}

TEST(LossBpr, OnlyTheOrderMatters) {
  expect_numbers(loss_of("bpr", matrix({{1, 3, -2}, {11, 13, 8}}), matrix({{1}, {2}})),
                 {(std::log1p(std::exp(2)) + std::log1p(std::exp(-3))) / 2,
                  (std::log1p(std::exp(2)) + std::log1p(std::exp(-3))) / 2});
}

TEST(LossBpr, Laws) { expect_loss_laws("bpr", 4, {{1}, {2}, {9}}); }

}  // namespace
}  // namespace cenote
