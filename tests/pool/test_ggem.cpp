// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const PoolInput kInput{.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})};

TEST(PoolGgem, BeginsAsGem) {
  for (const char* groups : {"1", "2"})
    expect_values(MadePool("ggem", 2, {{"groups", groups}})(kInput),
                  {2.897792, 1.041644, 0, 0, 2, 0.25});
}

TEST(PoolGgem, GroupsHaveTheirOwnPower) {
  MadePool ggem("ggem", 2, {{"groups", "2"}, {"signed", "abs"}});
  ggem.parameters.at("pool.p").detach()[1].fill_(-100);  // the least power: 0.05
  const at::Tensor y = ggem({.rows = golden_rows(), .join = make_join({{0, 1, 2}})});
  EXPECT_NEAR(y[0][0].item<double>(), 2.897792, 1e-5);
  // Near the geometric mean of 0.5, 0.25, 1.5.
  EXPECT_NEAR(y[0][1].item<double>(), 0.572357, 0.02);
}

TEST(PoolGgem, Errors) {
  EXPECT_THROW(MadePool("ggem", 2, {{"groups", "3"}}), Error);
  EXPECT_THROW(MadePool("ggem", 2, {{"p", "0"}}), Error);
}

}  // namespace
}  // namespace cenote
