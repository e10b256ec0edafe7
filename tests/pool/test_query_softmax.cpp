// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const at::Tensor kQuery = at::tensor({1., 0., 1., 0., 1., 0.}, at::kDouble).view({3, 2});

TEST(PoolQuerySoftmax, GoldenValues) {
  // With tau = sqrt 2 it is the query attention of the literature table.
  const MadePool pool("query_softmax", 2, {{"tau", "1.4142135623730951"}});
  expect_values(
      pool({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}}), .query = kQuery}),
      {3.379413, 1.101140, 0, 0, 2, 0.25});
}

TEST(PoolQuerySoftmax, TauGoesFromTheBestRowToTheMean) {
  const PoolInput input{
      .rows = golden_rows(), .join = make_join({{0, 1, 2}}), .query = kQuery.narrow(0, 0, 1)};
  expect_values(MadePool("query_softmax", 2, {{"tau", "1e-3"}})(input), {4, 1.5});
  expect_values(MadePool("query_softmax", 2, {{"tau", "1e6"}})(input), {2.333333, 0.416667}, 1e-5);
}

TEST(PoolQuerySoftmax, Errors) {
  const MadePool pool("query_softmax", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}})}), Error);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}}), .query = kQuery}), Error);
  EXPECT_THROW(pool({.rows = golden_rows(),
                     .join = make_join({{0}}),
                     .query = kQuery.narrow(1, 0, 1).narrow(0, 0, 1)}),
               Error);
}

}  // namespace
}  // namespace cenote
