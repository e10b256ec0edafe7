// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const double kOrder[] = {3, 1, 2};
/// In order: row 1, row 2, row 0; a boundary after row 1.
const PoolInput kInput{.rows = golden_rows(),
                       .join = make_join({{0, 1, 2}, {}}),
                       .order = kOrder,
                       .coordinates = at::tensor({0., 1., 0.}, at::kDouble).view({3, 1})};

TEST(PoolDynSegment, GoldenValues) {
  const PoolResult result = MadePool("dyn_segment", 2, {{"null", "false"}}).pool->forward(kInput);
  expect_values(result.value, {2, 0.25, 2.5, 0.5});
  EXPECT_EQ(result.join->offsets, (std::vector<int64_t>{0, 2, 2}));
}

TEST(PoolDynSegment, TheNullVectorComesFirst) {
  const MadePool pool("dyn_segment", 2);
  pool.parameters.at("pool.null").detach().fill_(7);
  const PoolResult result = pool.pool->forward(kInput);
  expect_values(gather_rows(result.value, RowsPtr(result.join, &result.join->rows)),
                {7, 7, 2, 0.25, 2.5, 0.5, 7, 7});
  EXPECT_EQ(result.join->offsets, (std::vector<int64_t>{0, 3, 4}));
}

TEST(PoolDynSegment, TheEndsAreAllRowsAndTheMean) {
  const MadePool pool("dyn_segment", 2, {{"null", "false"}});
  PoolInput input = kInput;
  input.coordinates = at::ones({3, 1}, at::kDouble);
  expect_values(pool(input), {2, 0.25, 4, 1.5, 1, -0.5});
  input.coordinates = at::zeros({3, 1}, at::kDouble);
  expect_values(pool(input), {2.333333, 0.416667});
}

TEST(PoolDynSegment, RowsWithEqualKeysShareAPlace) {
  const MadePool pool("dyn_segment", 2, {{"null", "false"}});
  const double order[] = {1, 1, 2};
  PoolInput input = kInput;
  input.order = order;
  input.coordinates = at::tensor({1., 0., 0.}, at::kDouble).view({3, 1});
  expect_values(pool(input), {1.5, -0.125, 4, 1.5});
}

TEST(PoolDynSegment, LearnedBoundariesGetTheirGradientStraightThrough) {
  MadePool pool("dyn_segment", 1, {{"null", "false"}, {"boundaries", "learned"}});
  // Logit -1 everywhere: no boundary, and sigmoid's slope s (1 - s) = 0.196612.
  pool.parameters.at("pool.out.weight").detach().zero_();
  pool.parameters.at("pool.out.bias").detach().fill_(-1);
  const double order[] = {0, 1, 2};
  const at::Tensor rows = at::tensor({1., 2., 4.}, at::kDouble).view({3, 1});
  const at::Tensor y = pool({.rows = rows, .join = make_join({{0, 1, 2}}), .order = order});
  expect_values(y, {2.333333});
  const at::Tensor slope =
      torch::autograd::grad({y.sum()}, {pool.parameters.at("pool.out.bias")})[0];
  // Later rows less the mean, a third each: after the first (2 - 7/3 + 4 - 7/3) / 3, after the second (4 - 7/3) / 3.
  EXPECT_NEAR(slope.item<double>(), 0.196612 * (0.444444 + 0.555556), 1e-6);
}

TEST(PoolDynSegment, Errors) {
  EXPECT_THROW(MadePool("dyn_segment", 2, {{"boundaries", "fixed"}}), Error);
  const MadePool pool("dyn_segment", 2);
  PoolInput input = kInput;
  input.coordinates = at::Tensor();
  EXPECT_THROW(pool(input), Error);
  input = kInput;
  input.order = nullptr;
  EXPECT_THROW(pool(input), Error);
}

}  // namespace
}  // namespace cenote
