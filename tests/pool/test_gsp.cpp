// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

/// Prototypes (0, 0) and (3, 1), distances of the rows as they are.
MadePool with_prototypes(const std::string& mu, const std::string& gamma) {
  MadePool made("gsp", 2, {{"prototypes", "2"}, {"norm", "false"}, {"mu", mu}, {"gamma", gamma}});
  made.parameters.at("pool.prototypes")
      .detach()
      .copy_(at::tensor({0., 0., 3., 1.}, at::kDouble).view({2, 2}));
  return made;
}

TEST(PoolGsp, GoldenValues) {
  expect_values(
      with_prototypes("0.5", "1")({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
      {2.281334, 0.383083, 0, 0, 2, 0.25});
}

TEST(PoolGsp, NothingToChooseByIsTheMean) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(with_prototypes("0.5", "0")(input), {2.333333, 0.416667});
  expect_values(with_prototypes("0.999", "1")(input), {2.333333, 0.416667}, 1e-3);
}

TEST(PoolGsp, SharpDistancesTakeTheNearestShare) {
  // Distances to the nearest prototype: 1.118, 1.25, 1.118; a third of the rows, and two share it evenly.
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  expect_values(with_prototypes("0.333333", "500")(input), {2.5, 0.5}, 1e-3);
}

TEST(PoolGsp, Errors) {
  EXPECT_THROW(MadePool("gsp", 2, {{"mu", "1"}}), Error);
  const MadePool made("gsp", 3);
  EXPECT_THROW(made({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
