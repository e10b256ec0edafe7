// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/allclose.h>

#include <cmath>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const PoolInput kInput{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})};

TEST(PoolGnp, GoldenValues) {
  expect_values(MadePool("gnp", 2, {{"q", "0.5"}})(kInput),
                {2.645752, 0.924212, 0, 0, 2.000001, 0.250001});
  expect_values(MadePool("gnp", 2, {{"p", "-2"}})(kInput),
                {0.872872, 0.221164, 0, 0, 2.000001, 0.250001});
}

TEST(PoolGnp, IsSumMeanAndMaximum) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("gnp", 2, {{"p", "1"}})(input), {7, 2.25}, 1e-5);
  expect_values(MadePool("gnp", 2, {{"p", "1"}, {"q", "1"}})(input), {2.333333, 0.75}, 1e-5);
  expect_values(MadePool("gnp", 2, {{"p", "500"}})(input), {4, 1.5}, 1e-2);
}

TEST(PoolGnp, RepeatedRowsCountAsTheFormulaSays) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 0, 0, 1, 1, 1, 2, 2, 2}})};
  const PoolInput once{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  const MadePool gnp("gnp", 2, {{"p", "4"}, {"q", "1"}});
  EXPECT_TRUE(at::allclose(gnp(input), gnp(once).mul(std::pow(3, 0.25 - 1))));
}

TEST(PoolGnp, Errors) {
  EXPECT_THROW(MadePool("gnp", 2, {{"p", "0"}}), Error);
  EXPECT_THROW(MadePool("gnp", 2, {{"q", "11"}}), Error);
}

}  // namespace
}  // namespace cenote
