// SPDX-License-Identifier: Apache-2.0
// What shards return is added along one tree, whether it is a parameter's gradient or a row's.
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "train/detail_gradients.h"
#include "train/optimizer.h"

namespace cenote {
namespace {

constexpr int64_t kWidth = 5;

/// One table of which shard s uses the distinct rows places[s], one an occurrence.
Batch batch_of(const std::vector<std::vector<int64_t>>& places, int64_t rows) {
  Batch batch;
  batch.rows = {std::vector<int64_t>(rows)};
  RowUses uses;
  uses.offsets = {0};
  for (int64_t row = 0; row < rows; ++row) {
    for (size_t s = 0; s < places.size(); ++s) {
      for (size_t i = 0; i < places[s].size(); ++i) {
        if (places[s][i] == row)
          uses.uses.push_back({static_cast<int32_t>(s), static_cast<int32_t>(i)});
      }
    }
    uses.offsets.push_back(std::ssize(uses.uses));
  }
  batch.uses = {uses};
  return batch;
}

TEST(Gradients, RowsAreAddedAlongTheTreeOfTheShards) {
  // Row 0 is used by all, row 1 by none, row 2 by shards 1, 3, 4 and 5, row 3 twice by shard 4.
  const std::vector<std::vector<int64_t>> places = {{0}, {0, 2}, {0}, {2, 0}, {0, 3, 2, 3}, {2, 0}};
  const Batch batch = batch_of(places, 4);
  ShardGradients gradients(std::ssize(places), 1, 1);
  std::vector<std::vector<at::Tensor>> of_row(4, std::vector<at::Tensor>(places.size()));
  for (size_t s = 0; s < places.size(); ++s) {
    const at::Tensor rows = at::randn({std::ssize(places[s]), kWidth});
    for (size_t i = 0; i < places[s].size(); ++i) {
      at::Tensor& term = of_row[places[s][i]][s];
      term = term.defined() ? term.add(rows[i]) : rows[i].clone();
    }
    gradients.take(static_cast<int64_t>(s), {at::zeros({1}), rows}, {rows});
  }
  const at::Tensor sums = gradients.encodings(batch, 0, 0, 4);
  for (const int64_t row : {0, 2, 3}) EXPECT_TRUE(at::equal(sums[row], tree_sum(of_row[row])));
  EXPECT_TRUE(at::equal(sums[1], at::zeros({kWidth})));
  // Some of the rows alone.
  EXPECT_TRUE(at::equal(gradients.encodings(batch, 0, 2, 2), sums.narrow(0, 2, 2)));
}

TEST(Gradients, AShardWithoutOneCountsAsZero) {
  const Batch batch = batch_of({{0, 1}, {1}}, 2);
  ShardGradients gradients(2, 1, 1);
  const at::Tensor rows = at::randn({2, kWidth}), none;
  gradients.take(0, {none, none}, {rows});
  EXPECT_FALSE(gradients.encodings(batch, 0, 0, 2).defined());
  gradients.take(1, {none, rows.narrow(0, 0, 1)}, {rows.narrow(0, 0, 1)});
  EXPECT_TRUE(at::equal(gradients.encodings(batch, 0, 0, 2)[1], rows[0]));
  ThreadPool threads(1);
  EXPECT_FALSE(gradients.parameters(threads)[0].defined());
}

}  // namespace
}  // namespace cenote
