// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolMin, GoldenValues) {
  const MadePool min("min", 2);
  expect_values(min({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {1, -0.5, 0, 0, 2, 0.25});
}

TEST(PoolMin, RowsWithoutWeightTakeNoPart) {
  const MadePool min("min", 2);
  const double weights[] = {0, 2, 0.5, 0, 0};
  expect_values(
      min({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {0, 1}}), .weights = weights}),
      {2, 0.25, 0, 0});
}

TEST(PoolMin, TheFirstOfTiesHasTheGradient) {
  const MadePool min("min", 1);
  const at::Tensor rows = at::tensor({5., 5., 5.}, at::kDouble).view({3, 1}).requires_grad_();
  const at::Tensor value = min({.rows = rows, .join = make_join({{1, 0, 2}})});
  expect_values(torch::autograd::grad({value}, {rows})[0], {0, 1, 0}, 0);
}

TEST(PoolMin, Errors) {
  const MadePool min("min", 2);
  EXPECT_THROW(min({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
