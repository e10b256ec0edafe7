// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolStd, GoldenValues) {
  const MadePool pool("std", 2);
  expect_values(pool({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {1.247219, 0.824958, 0, 0, 0, 0});
}

TEST(PoolStd, WeightsAreMasses) {
  const MadePool pool("std", 2);
  const double weights[] = {3, 0, 1};
  // 1, 1, 1, 4: variance 27 / 16; the other column is two thirds as wide.
  expect_values(pool({.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights}),
                {1.299038, 0.866025});
}

TEST(PoolStd, EqualRowsHaveNoSpreadAndNoGradient) {
  const MadePool pool("std", 1);
  const at::Tensor rows = at::tensor({0.1, 0.1}, at::kDouble).view({2, 1}).requires_grad_();
  const at::Tensor value = pool({.rows = rows, .join = make_join({{0, 1, 0}, {1}})});
  expect_values(value, {0, 0}, 0);
  expect_values(torch::autograd::grad({value.sum()}, {rows})[0], {0, 0}, 0);
}

TEST(PoolStd, Errors) {
  const MadePool pool("std", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
