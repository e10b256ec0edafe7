// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/allclose.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolSplade, GoldenValues) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {0}})};
  expect_values(MadePool("splade_pool", 2)(input), {1.609438, 0.916291, 0, 0, 0.693147, 0});
  expect_values(MadePool("splade_pool", 2, {{"reduce", "sum"}})(input),
                {3.401197, 1.139434, 0, 0, 0.693147, 0});
}

TEST(PoolSplade, TheLogarithmMayComeLast) {
  // max ln(1 + relu x) = ln(1 + relu(max x)).
  const MadePool splade("splade_pool", 2), max("max", 2);
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {0}})};
  EXPECT_TRUE(at::allclose(splade(input), max(input).relu().log1p()));
}

TEST(PoolSplade, TheSumCountsWeights) {
  const MadePool sum("splade_pool", 2, {{"reduce", "sum"}});
  const double weights[] = {2, 0, 0};
  expect_values(sum({.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights}),
                {1.386294, 0});
}

TEST(PoolSplade, Errors) {
  EXPECT_THROW(MadePool("splade_pool", 2, {{"reduce", "mean"}}), Error);
  const MadePool splade("splade_pool", 2);
  EXPECT_THROW(splade({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
