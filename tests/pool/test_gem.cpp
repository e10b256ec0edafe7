// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const PoolInput kInput{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})};

TEST(PoolGem, GoldenValues) {
  expect_values(MadePool("gem", 2)(kInput), {2.897792, 1.041644, 0, 0, 2, 0.25});
}

TEST(PoolGem, KnownMeans) {
  const PoolInput input{.rows = golden_rows().abs(), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("gem", 2, {{"p", "1"}})(input), {2.333333, 0.75});
  // Harmonic: 3 / (1 + 1/2 + 1/4), 3 / (2 + 4 + 2/3).
  expect_values(MadePool("gem", 2, {{"p", "-1"}})(input), {1.714286, 0.45});
  expect_values(MadePool("gem", 2, {{"p", "500"}})(input), {4, 1.5}, 1e-2);
  expect_values(MadePool("gem", 2, {{"p", "-500"}})(input), {1, 0.25}, 5e-3);
}

TEST(PoolGem, SignsAsChosen) {
  // Squares of the sizes: (0.25 + 0.0625 + 2.25) / 3; distances from the smallest 0, 0.75, 2.
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("gem", 2, {{"p", "2"}, {"signed", "abs"}})(input), {2.645751, 0.924211},
                2e-6);
  expect_values(MadePool("gem", 2, {{"p", "2"}, {"signed", "shift"}})(input), {1.825742, 1.233221},
                2e-6);
}

TEST(PoolGem, ALearnedPowerBeginsAtTheOption) {
  expect_values(MadePool("gem", 2, {{"learn", "true"}})(kInput),
                {2.897792, 1.041644, 0, 0, 2, 0.25});
}

TEST(PoolGem, Errors) {
  EXPECT_THROW(MadePool("gem", 2, {{"p", "0.01"}}), Error);
  EXPECT_THROW(MadePool("gem", 2, {{"signed", "square"}}), Error);
  const MadePool shift("gem", 2, {{"signed", "shift"}});
  EXPECT_THROW(shift.pool->state(kInput), Error);
}

}  // namespace
}  // namespace cenote
