// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolLast, GoldenValues) {
  const MadePool last("last", 2);
  const double order[] = {10, 30, 20, 5, 5};
  expect_values(
      last({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {0, 2}}), .order = order}),
      {2, 0.25, 0, 0, 4, 1.5}, 0);
}

TEST(PoolLast, RowsWithoutWeightTakeNoPart) {
  const MadePool last("last", 2);
  const double order[] = {10, 30, 20}, weights[] = {1, 0, 0.5};
  expect_values(last({.rows = golden_rows(),
                      .join = make_join({{0, 1, 2}}),
                      .weights = weights,
                      .order = order}),
                {4, 1.5}, 0);
}

TEST(PoolLast, TheChosenRowHasTheGradient) {
  const MadePool last("last", 2);
  const double order[] = {10, 30, 20};
  const at::Tensor rows = golden_rows().requires_grad_();
  const at::Tensor value = last({.rows = rows, .join = make_join({{0, 1, 2}}), .order = order});
  expect_values(torch::autograd::grad({value.sum()}, {rows})[0], {0, 0, 1, 1, 0, 0}, 0);
}

TEST(PoolLast, Errors) {
  const MadePool last("last", 2);
  const double order[] = {std::nan("")};
  EXPECT_THROW(last({.rows = golden_rows(), .join = make_join({{0}})}), Error);
  EXPECT_THROW(last({.rows = golden_rows(), .join = make_join({{0}}), .order = order}), Error);
  EXPECT_THROW(last({.rows = golden_rows(), .join = make_join({{3}}), .order = order}), Error);
}

}  // namespace
}  // namespace cenote
