// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

/// One hidden number, tanh of the first column, and how much it counts.
MadePool with_score(double score) {
  MadePool made("mil_attention", 2, {{"hidden", "1"}});
  made.parameters.at("pool.hidden").detach().copy_(at::tensor({1., 0.}, at::kDouble).view({1, 2}));
  made.parameters.at("pool.score").detach().fill_(score);
  return made;
}

TEST(PoolMilAttention, GoldenValues) {
  // tanh(1, 2, 4) = 0.761594, 0.964028, 0.999329; shares of twice that 0.243435, 0.364934, 0.391631.
  expect_values(with_score(2)({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {2.539827, 0.556963, 0, 0, 2, 0.25});
}

TEST(PoolMilAttention, WithoutScoresItIsTheMeanAndWithLargeOnesASingleRow) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(with_score(0)(input), {2.333333, 0.416667});
  expect_values(with_score(1e6)(input), {4, 1.5});
  expect_values(with_score(-1e6)(input), {1, -0.5});
}

TEST(PoolMilAttention, Errors) {
  EXPECT_THROW(MadePool("mil_attention", 2, {{"hidden", "0"}}), Error);
  const MadePool other("mil_attention", 3);
  EXPECT_THROW(other({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
