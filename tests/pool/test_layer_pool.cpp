// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolLayer, GoldenValues) {
  MadePool pool("layer_pool", 2, {{"layers", "3"}});
  pool.parameters.at("pool.layer").detach()[0].fill_(0.69314718055994531);  // ln 2: 1/2, 1/4, 1/4
  const double order[] = {0, 1, 2, 0};
  expect_values(
      pool({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}}), .order = order}),
      {2, 0.1875, 0, 0, 2, 0.25});
}

TEST(PoolLayer, OneHotWeightsPickALayer) {
  for (const char* from : {"first", "last"}) {
    MadePool pool("layer_pool", 2, {{"layers", "3"}, {"from", from}});
    pool.parameters.at("pool.layer").detach()[0].fill_(1e3);
    const double order[] = {30, 10, 20};
    const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .order = order};
    expect_values(pool(input), from[0] == 'f' ? std::initializer_list<double>{2, 0.25}
                                              : std::initializer_list<double>{1, -0.5});
  }
}

TEST(PoolLayer, BeginsAsTheMean) {
  const MadePool pool("layer_pool", 2), fixed("layer_pool", 2, {{"learn", "false"}});
  const double order[] = {0, 1, 2};
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}}), .order = order};
  expect_values(pool(input), {2.333333, 0.416667});
  expect_values(fixed(input), {2.333333, 0.416667});
}

TEST(PoolLayer, Errors) {
  const MadePool pool("layer_pool", 2);
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}})}), Error);
  const double order[] = {__builtin_nan("")};
  EXPECT_THROW(pool({.rows = golden_rows(), .join = make_join({{0}}), .order = order}), Error);
  EXPECT_THROW(MadePool("layer_pool", 2, {{"layers", "0"}}), Error);
}

}  // namespace
}  // namespace cenote
