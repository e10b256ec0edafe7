// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/autograd/autograd.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolSmoothMax, GoldenValues) {
  const MadePool smooth_max("smooth_max", 2, {{"tau", "0.5"}});
  expect_values(smooth_max({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3.460984, 0.998531, 0, 0, 2, 0.25});
}

TEST(PoolSmoothMax, TauGoesFromMaxToMean) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(MadePool("smooth_max", 2, {{"tau", "1e-4"}})(input), {4, 1.5}, 2e-4);
  expect_values(MadePool("smooth_max", 2, {{"tau", "1e4"}})(input), {2.333333, 0.416667}, 1e-3);
}

TEST(PoolSmoothMax, MovingAllRowsMovesItAsFar) {
  const MadePool smooth_max("smooth_max", 2, {{"tau", "0.5"}});
  expect_values(smooth_max({.rows = golden_rows().add(100), .join = make_join({{0, 1, 2}})}),
                {103.460984, 100.998531});
}

TEST(PoolSmoothMax, ALearnedTauBeginsAtTheOption) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  MadePool learned("smooth_max", 2, {{"tau", "0.5"}, {"learn", "true"}});
  expect_values(learned(input), {3.460984, 0.998531});
  // d y / d tau by a small step of the parameter.
  const at::Tensor change = learned.parameters.at("pool.tau");
  const double slope = torch::autograd::grad({learned(input).sum()}, {change})[0].item<double>();
  const double before = learned(input).sum().item<double>();
  change.detach().fill_(1e-6);
  EXPECT_NEAR(slope, (learned(input).sum().item<double>() - before) / 1e-6, 1e-4);
}

TEST(PoolSmoothMax, Errors) {
  EXPECT_THROW(MadePool("smooth_max", 2, {{"tau", "0"}}), Error);
  const MadePool smooth_max("smooth_max", 2);
  EXPECT_THROW(smooth_max({.rows = golden_rows(), .join = make_join({{3}})}), Error);
}

}  // namespace
}  // namespace cenote
