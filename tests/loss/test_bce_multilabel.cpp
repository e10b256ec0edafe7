// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "loss/loss_helpers.h"

namespace cenote {
namespace {

TEST(LossBceMultilabel, GoldenValues) {
  expect_numbers(loss_of("bce_multilabel", matrix({{0, 2}, {2, 2}}), matrix({{1, 1}, {0, 1}})),
                 {0.410038, 1.126928});
  expect_numbers(gradient_of("bce_multilabel", matrix({{0, 2}}), matrix({{1, 0}})),
                 {-0.25, 0.440399});
}

TEST(LossBceMultilabel, OneLabelIsBinary) {
  expect_numbers(loss_of("bce_multilabel", matrix({{2}}), matrix({{0}})),
                 {loss_of("bce", matrix({{2}}), matrix({{0}})).item<double>()}, 0);
}

TEST(LossBceMultilabel, UnknownLabelsAddNothing) {
  expect_numbers(gradient_of("bce_multilabel", matrix({{0, 2}}), matrix({{1, std::nan("")}})),
                 {-0.25, 0});
}

TEST(LossBceMultilabel, Laws) {
  expect_loss_laws("bce_multilabel", 3, {{0, 1, 1}, {1, 0, 0}, {0, 0, 1}});
}

TEST(LossBceMultilabel, Errors) {
  EXPECT_THROW(loss_of("bce_multilabel", matrix({{0, 0}}), matrix({{0, 3}})), Error);
  EXPECT_THROW(loss_of("bce_multilabel", matrix({{0, 0}}), matrix({{1}})), Error);
}

}  // namespace
}  // namespace cenote
