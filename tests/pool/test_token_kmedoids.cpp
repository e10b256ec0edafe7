// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const at::Tensor kRows = at::tensor({1., 2., 10., 12., 3.}, at::kDouble).view({5, 1});

TEST(PoolTokenKmedoids, GoldenValues) {
  // Clusters 12, 10 and 1, 2, 3; of two rows the first is as good as the other.
  const MadePool pool("token_kmedoids", 1, {{"clusters", "2"}});
  const PoolResult result =
      pool.pool->forward({.rows = kRows, .join = make_join({{0, 1, 2, 3, 4}, {}, {1}})});
  expect_values(result.value, {10, 2, 2});
  EXPECT_EQ(result.join->offsets, (std::vector<int64_t>{0, 2, 2, 3}));
}

TEST(PoolTokenKmedoids, WhatComesOutAreRows) {
  const MadePool pool("token_kmedoids", 2, {{"clusters", "2"}});
  const at::Tensor out = pool({.rows = golden_rows(), .join = make_join({{0, 1, 2}})});
  for (int64_t i = 0; i < out.size(0); ++i)
    EXPECT_TRUE(golden_rows().eq(out[i]).all(1).any().item<bool>());
}

TEST(PoolTokenKmedoids, WeightsMoveTheMiddle) {
  const MadePool pool("token_kmedoids", 1, {{"clusters", "1"}});
  const double weights[] = {1, 1, 1, 9, 1};
  expect_values(pool({.rows = kRows, .join = make_join({{0, 1, 2, 3, 4}}), .weights = weights}),
                {12});
}

TEST(PoolTokenKmedoids, Errors) {
  EXPECT_THROW(MadePool("token_kmedoids", 2, {{"steps", "-1"}}), Error);
  const MadePool pool("token_kmedoids", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
