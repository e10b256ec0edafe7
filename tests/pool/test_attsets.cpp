// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/eye.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolAttsets, WithTheIdentityItIsSoftpool) {
  MadePool attsets("attsets", 2);
  attsets.parameters.at("pool.weight").detach().copy_(at::eye(2, at::kDouble));
  expect_values(attsets({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3.645579, 1.057755, 0, 0, 2, 0.25});
}

TEST(PoolAttsets, WithoutWeightsItIsTheMean) {
  MadePool attsets("attsets", 2);
  attsets.parameters.at("pool.weight").detach().zero_();
  attsets.parameters.at("pool.bias").detach().fill_(3);
  expect_values(attsets({.rows = golden_rows(), .join = make_join({{0, 1, 2}})}),
                {2.333333, 0.416667});
}

TEST(PoolAttsets, AColumnMayBeWeighedByAnother) {
  MadePool attsets("attsets", 2);
  // The first column's attention looks at the second only, and sharply.
  attsets.parameters.at("pool.weight")
      .detach()
      .copy_(at::tensor({0., -1e3, 0., 0.}, at::kDouble).view({2, 2}));
  expect_values(attsets({.rows = golden_rows(), .join = make_join({{0, 1, 2}})}), {1, 0.416667});
}

TEST(PoolAttsets, Errors) {
  const MadePool attsets("attsets", 3);
  EXPECT_THROW(attsets({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
