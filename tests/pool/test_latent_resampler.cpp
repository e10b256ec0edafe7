// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/eye.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

/// One latent of zeros whose network adds nothing: what is left is the attention.
MadePool bare() {
  MadePool made("latent_resampler", 2, {{"latents", "1"}, {"heads", "1"}});
  made.parameters.at("pool.latents").detach().zero_();
  made.parameters.at("pool.down").detach().zero_();
  for (const char* name : {"pool.value", "pool.out"})
    made.parameters.at(name).detach().copy_(at::eye(2, at::kDouble));
  return made;
}

TEST(PoolLatentResampler, GoldenValues) {
  // A latent of zeros is normed to zeros and asks nothing: the mean of the normed rows, which are all (1, -1).
  expect_values(bare()({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {1, -1, 0, 0, 1, -1}, 1e-4);
}

TEST(PoolLatentResampler, TheLatentIsTheResidual) {
  MadePool made = bare();
  made.parameters.at("pool.latents").detach().fill_(3);  // constant: still normed to zeros
  expect_values(made({.rows = golden_rows(), .join = make_join({{0, 1, 2}})}), {4, 2}, 1e-4);
}

TEST(PoolLatentResampler, NormedItHasLengthOne) {
  const MadePool made("latent_resampler", 4, {{"norm", "true"}});
  const at::Tensor rows = at::tensor({1., 2., 3., 5., -1., 0., 2., 2.}, at::kDouble).view({2, 4});
  const at::Tensor y = made({.rows = rows, .join = make_join({{0, 1}})});
  EXPECT_NEAR(y.mul(y).sum().item<double>(), 1, 1e-12);
}

TEST(PoolLatentResampler, Errors) {
  EXPECT_THROW(MadePool("latent_resampler", 2, {{"heads", "3"}}), Error);
  EXPECT_THROW(MadePool("latent_resampler", 2, {{"latents", "0"}}), Error);
  const MadePool made("latent_resampler", 4);
  EXPECT_THROW(made({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
