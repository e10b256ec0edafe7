// SPDX-License-Identifier: Apache-2.0
#include "kernel/row_dots.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

TEST(RowDots, Values) {
  const at::Tensor a = at::tensor({1., 2., 3., 4., 5., 6., 7., 8.}, at::kDouble).view({2, 4});
  const at::Tensor b = at::tensor({1., 0., 2., 1., 1., 1., 1., -1.}, at::kDouble).view({2, 4});
  expect_near(row_dots(a, b), at::tensor({11., 10.}, at::kDouble).view({2, 1}), 0);
  expect_near(row_dots(a, b, 2), at::tensor({1., 10., 11., -1.}, at::kDouble).view({2, 2}), 0);
}

TEST(RowDots, Gradients) {
  for (const int64_t parts : {1, 3})
    expect_gradient([&](const auto& in) { return row_dots(in[0], in[1], parts); },
                    {at::randn({5, 6}), at::randn({5, 6})});
}

TEST(RowDots, Errors) {
  EXPECT_THROW(row_dots(at::zeros({2, 4}), at::zeros({2, 3})), Error);
  EXPECT_THROW(row_dots(at::zeros({2, 4}), at::zeros({2, 4}), 3), Error);
  EXPECT_EQ(row_dots(at::zeros({0, 4}), at::zeros({0, 4})).size(0), 0);
}

}  // namespace
}  // namespace cenote
