// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolPiecewiseMax, GoldenValues) {
  const MadePool pool("piecewise_max", 2);
  const at::Tensor piece = at::tensor({0., 0., 2., 1.}, at::kDouble).view({4, 1});
  expect_values(
      pool({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {2}}), .coordinates = piece}),
      {2, 0.25, 0, 0, 4, 1.5, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1.5, 0, 0});
}

TEST(PoolPiecewiseMax, OnePieceIsTheMaximum) {
  const MadePool pool("piecewise_max", 2, {{"pieces", "1"}});
  const PoolInput input{.rows = golden_rows(),
                        .join = make_join({{0, 1, 2}}),
                        .coordinates = at::zeros({3, 1}, at::kDouble)};
  EXPECT_TRUE(pool(input).equal(MadePool("max", 2)(input)));
}

TEST(PoolPiecewiseMax, Errors) {
  EXPECT_THROW(MadePool("piecewise_max", 2, {{"pieces", "0"}}), Error);
  const MadePool pool("piecewise_max", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
