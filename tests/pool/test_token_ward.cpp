// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

/// Two directions, two rows near each.
const at::Tensor kRows = at::tensor({1., 0., 0.1, 2., 2., 0.1, 0., 1.}, at::kDouble).view({4, 2});

TEST(PoolTokenWard, GoldenValues) {
  for (const char* features : {"distances", "rows"}) {
    const MadePool pool("token_ward", 2, {{"features", features}});
    const PoolResult result =
        pool.pool->forward({.rows = kRows, .join = make_join({{0, 1, 2, 3}, {}, {1}})});
    expect_values(result.value, {1.5, 0.05, 0.05, 1.5, 0.1, 2});
    EXPECT_EQ(result.join->offsets, (std::vector<int64_t>{0, 2, 2, 3}));
  }
}

TEST(PoolTokenWard, TheEndsAreAllRowsAndTheMean) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("token_ward", 2, {{"factor", "1"}})(input), {1, -0.5, 2, 0.25, 4, 1.5});
  expect_values(MadePool("token_ward", 2, {{"factor", "3"}})(input), {2.333333, 0.416667});
}

TEST(PoolTokenWard, AHeavyRowPullsTheMean) {
  const double weights[] = {3, 1, 1, 1};
  const MadePool pool("token_ward", 2, {{"factor", "3"}});
  expect_values(pool({.rows = kRows, .join = make_join({{0, 1, 2, 3}}), .weights = weights}),
                {1.25, 0.025, 0.05, 1.5});
}

TEST(PoolTokenWard, Errors) {
  EXPECT_THROW(MadePool("token_ward", 2, {{"factor", "0.5"}}), Error);
  const MadePool pool("token_ward", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{4}})}), Error);
}

}  // namespace
}  // namespace cenote
