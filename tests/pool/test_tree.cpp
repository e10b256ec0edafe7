// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/allclose.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

TEST(PoolTree, GoldenValues) {
  MadePool tree("tree", 2, {{"leaves", "max,mean"}});
  // logistic(0.25 * 4) = 0.731059 of the maximum.
  tree.parameters.at("pool.gate").detach().zero_();
  tree.parameters.at("pool.gate").detach().select(1, 0).fill_(0.25);
  expect_values(tree({.rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}})}),
                {3.551765, 1.208647, 0, 0, 2, 0.25});
}

TEST(PoolTree, OpenAndShutGatesPickALeaf) {
  MadePool tree("tree", 2, {{"leaves", "mean,max,min,std"}});
  at::Tensor gate = tree.parameters.at("pool.gate").detach();
  const PoolInput input{.rows = golden_rows(), .join = make_join({{0, 1, 2}})};
  const auto expect_leaf = [&](double root, double left, double right, const char* leaf) {
    gate.zero_();
    // All look at the mean of the first column, which is above zero.
    gate.select(1, 0).copy_(at::tensor({root, left, right}, at::kDouble).mul(1e3));
    EXPECT_TRUE(at::allclose(tree(input), MadePool(leaf, 2)(input))) << leaf;
  };
  expect_leaf(1, 1, 0, "mean");
  expect_leaf(1, -1, 0, "max");
  expect_leaf(-1, 0, 1, "min");
  expect_leaf(-1, 0, -1, "std");
}

TEST(PoolTree, Errors) {
  for (const char* leaves : {"mean", "mean,max,min", "mean,tree", "mean,last", "mean,count",
                             "mean,no_such_pool", "mean,,max,min", ""})
    EXPECT_THROW(MadePool("tree", 2, {{"leaves", leaves}}), Error) << leaves;
}

}  // namespace
}  // namespace cenote
