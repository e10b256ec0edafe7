// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/eye.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

MadePool with_identities(const std::string& gamma) {
  MadePool made("simpool", 2, {{"norm", "false"}, {"gamma", gamma}});
  for (const auto& parameter : made.parameters.tensors())
    parameter.detach().copy_(at::eye(2, at::kDouble));
  return made;
}

TEST(PoolSimpool, GoldenValues) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})};
  expect_values(with_identities("0")(input), {3.938958, 1.461371, 0, 0, 2, 0.25});
  expect_values(with_identities("2")(input), {2.960961, 1.974716, 0, 0, 1e-6, 1e-6});
}

TEST(PoolSimpool, WithoutScoresItIsTheMean) {
  MadePool made("simpool", 2, {{"norm", "false"}});
  made.parameters.at("pool.query").detach().zero_();
  expect_values(made({.rows = golden_rows(), .join = make_join({{0, 1, 2}})}),
                {2.333333, 0.416667});
}

TEST(PoolSimpool, ALargeGammaIsTheMaximum) {
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  MadePool made = with_identities("100");
  made.parameters.at("pool.query").detach().zero_();
  // 3 and 2 above the smallest values.
  expect_values(made(input), {3, 2}, 0.05);
}

TEST(PoolSimpool, Errors) {
  EXPECT_THROW(MadePool("simpool", 2, {{"gamma", "-1"}}), Error);
  const MadePool made("simpool", 3);
  EXPECT_THROW(made({.rows = golden_rows(), .join = make_join({{0}})}), Error);
}

}  // namespace
}  // namespace cenote
