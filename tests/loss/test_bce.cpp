// SPDX-License-Identifier: Apache-2.0
#include "loss/loss_helpers.h"

namespace cenote {
namespace {

TEST(LossBce, GoldenValues) {
  expect_numbers(loss_of("bce", matrix({{0}, {2}, {2}, {-1000}}), matrix({{1}, {1}, {0}, {1}})),
                 {0.693147, 0.126928, 2.126928, 1000});
  expect_numbers(gradient_of("bce", matrix({{0}, {2}}), matrix({{1}, {0}})), {-0.5, 0.880797});
  expect_numbers(loss_registry().at("bce").predict(matrix({{0}, {2}, {-800}, {800}})),
                 {0.5, 0.880797, 0, 1});
}

TEST(LossBce, Laws) { expect_loss_laws("bce", 1, {{0}, {1}, {1}, {0}, {1}}); }

TEST(LossBce, Errors) {
  EXPECT_THROW(loss_of("bce", matrix({{0}}), matrix({{2}})), Error);
  EXPECT_THROW(loss_of("bce", matrix({{0, 1}}), matrix({{0, 1}})), Error);
  EXPECT_THROW(loss_of("bce", matrix({{0, 1}}), matrix({{1}})), Error);
}

}  // namespace
}  // namespace cenote
