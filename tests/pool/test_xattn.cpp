// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/eye.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

/// All maps the identity.
MadePool with_identities(const std::string& residual) {
  MadePool made("xattn", 2, {{"heads", "1"}, {"residual", residual}});
  for (const auto& parameter : made.parameters.tensors())
    parameter.detach().copy_(at::eye(2, at::kDouble));
  return made;
}
const at::Tensor kQuery = at::tensor({1., 0., 1., 0., 1., 0.}, at::kDouble).view({3, 2});

TEST(PoolXattn, GoldenValues) {
  const PoolInput input{
      .rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}}), .query = kQuery};
  expect_values(with_identities("false")(input), {3.379413, 1.101140, 0, 0, 2, 0.25});
  expect_values(with_identities("true")(input), {4.379413, 1.101140, 0, 0, 3, 0.25});
}

TEST(PoolXattn, WithoutScoresItIsAMapOfTheMean) {
  MadePool made("xattn", 2, {{"heads", "2"}, {"residual", "false"}});
  made.parameters.at("pool.query").detach().zero_();
  made.parameters.at("pool.value").detach().copy_(at::eye(2, at::kDouble));
  made.parameters.at("pool.out").detach().copy_(at::eye(2, at::kDouble).mul(2));
  expect_values(
      made(
          {.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .query = kQuery.narrow(0, 0, 1)}),
      {4.666667, 0.833333});
}

TEST(PoolXattn, Errors) {
  EXPECT_THROW(MadePool("xattn", 2, {{"heads", "3"}}), Error);
  const MadePool made("xattn", 4);
  EXPECT_THROW(made({.rows = golden_rows(), .join = make_join({{0}}), .query = kQuery}), Error);
  EXPECT_THROW(made({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
