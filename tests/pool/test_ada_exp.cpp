// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolAdaExp, GoldenValues) {
  MadePool ada_exp("ada_exp", 2);
  ada_exp.parameters.at("pool.beta").detach().fill_(-0.40546510810816444);  // logit(0.4)
  expect_values(ada_exp({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3.139396, 0.739860, 0, 0, 2, 0.25});
}

TEST(PoolAdaExp, TheEndsAreItsParts) {
  MadePool ada_exp("ada_exp", 2);
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  ada_exp.parameters.at("pool.beta").detach().fill_(50);
  expect_values(ada_exp(input), {2.380120, 0.263018});
  ada_exp.parameters.at("pool.beta").detach().fill_(-50);
  expect_values(ada_exp(input), {3.645579, 1.057755});
}

TEST(PoolAdaExp, Errors) {
  const MadePool ada_exp("ada_exp", 2);
  EXPECT_THROW(ada_exp({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
