// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolMulti, GoldenValues) {
  const MadePool multi("multi", 2, {{"pools", "mean, max"}, {"count", "true"}});
  expect_values(multi({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {2.333333, 0.416667, 4, 1.5, 1.386294, 0, 0, 0, 0, 0, 2, 0.25, 2, 0.25, 0.693147});
}

TEST(PoolMulti, PartsKeepTheirParameters) {
  const MadePool multi("multi", 4, {{"pools", "mean,attention"}});
  EXPECT_EQ(multi.parameters.names(),
            (std::vector<std::string>{"pool.attention.score", "pool.attention.value"}));
}

TEST(PoolMulti, Errors) {
  for (const char* pools : {"", "mean,", "multi", "mean,last", "no_such_pool", "mean,xattn"})
    EXPECT_THROW(MadePool("multi", 2, {{"pools", pools}}), Error) << pools;
}

}  // namespace
}  // namespace cenote
