// SPDX-License-Identifier: Apache-2.0
#include "loss/loss_helpers.h"

namespace cenote {
namespace {

TEST(LossL1, GoldenValues) {
  expect_numbers(loss_of("l1", matrix({{2}, {5}, {1}}), matrix({{5}, {1}, {1}})), {3, 4, 0});
  expect_numbers(gradient_of("l1", matrix({{2}, {5}, {1}}), matrix({{5}, {1}, {1}})), {-1, 1, 0});
  expect_numbers(loss_of("l1", matrix({{1, 2}}), matrix({{3, 8}})), {4});
  expect_numbers(loss_registry().at("l1").predict(matrix({{2.5}})), {2.5});
}

TEST(LossL1, Laws) { expect_loss_laws("l1", 2, {{0, 1}, {10, -3}, {1e-3, 4}}); }

TEST(LossL1, Errors) { EXPECT_THROW(loss_of("l1", matrix({{0, 1}}), matrix({{1}})), Error); }

}  // namespace
}  // namespace cenote
