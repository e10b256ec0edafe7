// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/allclose.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/zeros.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const at::Tensor kQuery = at::tensor({2., -1., 5., 5., 1., 3.}, at::kDouble).view({3, 2});
const PoolInput kInput{
    .rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}}), .query = kQuery};

TEST(PoolBilinear, GoldenValues) {
  // Sums 7, 1.25 and 2, 0.25.
  expect_values(MadePool("bilinear", 2, {{"form", "hadamard"}})(kInput),
                {14, -1.25, 0, 0, 2, 0.75});
  expect_values(MadePool("bilinear", 2, {{"form", "hadamard"}, {"reduce", "mean"}})(kInput),
                {4.666667, -0.416667, 0, 0, 2, 0.75});
}

TEST(PoolBilinear, TheRowsMayBeAddedFirst) {
  // y of a group is the sum of y of its single rows.
  for (const char* form : {"hadamard", "mlb", "mutan", "mfb", "full"}) {
    const MadePool pool("bilinear", 2, {{"form", form}, {"rank", "3"}});
    const at::Tensor query = kQuery.narrow(0, 0, 1);
    at::Tensor sum = at::zeros({1, 2}, at::kDouble);
    for (int64_t row = 0; row < 3; ++row)
      sum = sum.add(pool({.rows = golden_rows(), .join = make_join({{row}}), .query = query}));
    const at::Tensor whole =
        pool({.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .query = query});
    EXPECT_TRUE(at::allclose(whole, sum)) << form;
  }
}

TEST(PoolBilinear, MapsOfIdentitiesAreHadamard) {
  for (const char* form : {"mlb", "mutan", "mfb"}) {
    const bool mlb = form[1] == 'l';
    MadePool pool("bilinear", 2, {{"form", form}, {"rank", mlb ? "2" : "1"}});
    for (const auto& parameter : pool.parameters.tensors())
      parameter.detach().copy_(at::eye(2, at::kDouble));
    expect_values(pool(kInput), {14, -1.25, 0, 0, 2, 0.75});
  }
}

TEST(PoolBilinear, NormalisedItHasLengthOne) {
  const MadePool pool("bilinear", 2, {{"form", "hadamard"}, {"normalise", "true"}});
  // sqrt(14) and -sqrt(1.25), over the root of 15.25.
  expect_values(pool(kInput).narrow(0, 0, 1), {0.958146, -0.286299}, 1e-3);
}

TEST(PoolBilinear, Errors) {
  EXPECT_THROW(MadePool("bilinear", 2, {{"form", "tucker"}}), Error);
  const MadePool pool("bilinear", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}})}), Error);
  EXPECT_THROW(MadePool("bilinear", 3)(kInput), Error);
}

}  // namespace
}  // namespace cenote
