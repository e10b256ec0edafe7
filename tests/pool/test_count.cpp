// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolCount, GoldenValues) {
  const MadePool count("count", 2);
  expect_values(count({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1, 1}})}),
                {3, 0, 2});
  const MadePool log("count", 2, {{"scale", "log"}});
  expect_values(log({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}})}), {1.386294, 0});
}

TEST(PoolCount, WeightsAreCounted) {
  const MadePool count("count", 2);
  const double weights[] = {0.5, 0, 2};
  expect_values(count({.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .weights = weights}),
                {2.5});
}

TEST(PoolCount, OneColumnWithoutGradient) {
  const MadePool count("count", 2);
  const PoolEntry& entry = pool_registry().at("count");
  EXPECT_EQ(entry.out_width(Options(entry.info.options), 2), 1);
  EXPECT_FALSE(
      count({.rows = golden_rows().requires_grad_(), .join = make_join({{0}})}).requires_grad());
}

TEST(PoolCount, Errors) {
  const MadePool count("count", 2);
  EXPECT_THROW(count({.rows = golden_rows(), .join = make_join({{3}})}), Error);
  EXPECT_THROW(MadePool("count", 2, {{"scale", "square"}}), Error);
}

}  // namespace
}  // namespace cenote
