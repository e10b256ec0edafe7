// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const at::Tensor kRows = at::tensor({1., 2., 10., 12., 3.}, at::kDouble).view({5, 1});

TEST(PoolTokenKmeans, GoldenValues) {
  // 12 is farthest from zero, then 1; 10 is nearer to 12.
  const MadePool pool("token_kmeans", 1, {{"clusters", "2"}});
  const PoolResult result =
      pool.pool->forward({.rows = kRows, .join = make_join({{0, 1, 2, 3, 4}, {}, {1}})});
  expect_values(result.value, {11, 2, 2});
  EXPECT_EQ(result.join->offsets, (std::vector<int64_t>{0, 2, 2, 3}));
}

TEST(PoolTokenKmeans, OneClusterIsTheWeightedMeanAndManyAreTheRows) {
  const double weights[] = {1, 3, 0};
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights};
  expect_values(MadePool("token_kmeans", 2, {{"clusters", "1"}})(input), {1.75, 0.0625});
  const PoolInput all{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  EXPECT_EQ(MadePool("token_kmeans", 2, {{"clusters", "9"}})(all).size(0), 3);
}

TEST(PoolTokenKmeans, EqualRowsAreOneCluster) {
  const MadePool pool("token_kmeans", 2);
  expect_values(pool({.rows = golden_rows(), .join = make_join({{1, 1, 1}})}), {2, 0.25});
}

TEST(PoolTokenKmeans, Errors) {
  EXPECT_THROW(MadePool("token_kmeans", 2, {{"clusters", "0"}}), Error);
  const MadePool pool("token_kmeans", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
