// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolMax, GoldenValues) {
  const MadePool max("max", 2);
  expect_values(max({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {4, 1.5, 0, 0, 2, 0.25});
}

TEST(PoolMax, RowsWithoutWeightTakeNoPart) {
  const MadePool max("max", 2);
  const double weights[] = {0.5, 2, 0, 0, 0};
  expect_values(
      max({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {0, 1}}), .weights = weights}),
      {2, 0.25, 0, 0});
}

TEST(PoolMax, TheFirstOfTiesHasTheGradient) {
  const MadePool max("max", 1);
  const at::Tensor rows = at::tensor({5., 5., 5.}, at::kDouble).view({3, 1}).requires_grad_();
  const at::Tensor value = max({.rows = rows, .join = make_join({{1, 0, 2}})});
  expect_values(torch::autograd::grad({value}, {rows})[0], {0, 1, 0}, 0);
}

TEST(PoolMax, Errors) {
  const MadePool max("max", 2);
  EXPECT_THROW(max({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
