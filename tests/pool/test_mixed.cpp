// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolMixed, GoldenValues) {
  for (const char* per : {"column", "pool"}) {
    MadePool mixed("mixed", 2, {{"per", per}});
    // logit(1/4)
    mixed.parameters.at("pool.alpha").detach().fill_(-1.0986122886681098);
    expect_values(mixed({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                  {2.75, 0.6875, 0, 0, 2, 0.25});
  }
}

TEST(PoolMixed, TheEndsAreMaxAndMean) {
  MadePool mixed("mixed", 2);
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  mixed.parameters.at("pool.alpha").detach().fill_(50);
  expect_values(mixed(input), {4, 1.5});
  mixed.parameters.at("pool.alpha").detach().fill_(-50);
  expect_values(mixed(input), {2.333333, 0.416667});
}

TEST(PoolMixed, Errors) {
  EXPECT_THROW(MadePool("mixed", 2, {{"per", "row"}}), Error);
  const MadePool mixed("mixed", 2);
  EXPECT_THROW(mixed({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
