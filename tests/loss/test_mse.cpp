// SPDX-License-Identifier: Apache-2.0
#include "loss/loss_helpers.h"

namespace cenote {
namespace {

TEST(LossMse, GoldenValues) {
  expect_numbers(loss_of("mse", matrix({{2}, {5}, {1}}), matrix({{5}, {1}, {1}})), {9, 16, 0});
  expect_numbers(gradient_of("mse", matrix({{2}, {5}, {1}}), matrix({{5}, {1}, {1}})), {-6, 8, 0});
  expect_numbers(loss_of("mse", matrix({{1, 2}}), matrix({{3, 8}})), {20});
}

TEST(LossMse, Laws) { expect_loss_laws("mse", 2, {{0, 1}, {10, -3}, {1e-3, 4}}); }

TEST(LossMse, Errors) { EXPECT_THROW(loss_of("mse", matrix({{0, 1}}), matrix({{1}})), Error); }

}  // namespace
}  // namespace cenote
