// SPDX-License-Identifier: Apache-2.0
#include "graph/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "graph/batch.h"
#include "support/toy.h"

namespace cenote {
namespace {

/// What a seed's sample is, in terms that do not depend on its neighbours in a shard: rows by table and
/// level, links as pairs of rows by relation, in order.
std::vector<std::vector<int64_t>> signature(const Graph& graph, const Shard& shard, int64_t seed) {
  std::vector<std::vector<int64_t>> out;
  for (const ShardTable& table : shard.tables) {
    out.emplace_back();
    for (size_t i = 0; i < table.row.size(); ++i) {
      if (table.seed[i] == seed) out.back().push_back(table.row[i]);
    }
  }
  for (int64_t r = 0; r < graph.relations(); ++r) {
    out.emplace_back();
    if (!shard.joins[r]) continue;
    const Join& join = *shard.joins[r];
    const ShardTable& groups = shard.tables[graph.group_table(r)];
    const ShardTable& rows = shard.tables[graph.row_table(r)];
    for (int64_t g = 0; g < join.groups(); ++g) {
      if (groups.seed[g] != seed) continue;
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        EXPECT_EQ(rows.seed[join.rows[e]], seed);  // a link never leaves its seed
        out.back().push_back(groups.row[g]);
        out.back().push_back(rows.row[join.rows[e]]);
      }
    }
  }
  return out;
}

std::vector<Seed> many_seeds(int64_t count) {
  std::vector<Seed> seeds;
  for (int64_t i = 0; i < count; ++i) seeds.push_back(toy::seed_at(i % 40, 5 + i % 60));
  return seeds;
}

TEST(Sampler, NothingLaterThanTheSeedIsEverDrawn) {
  const toy::Shop shop(toy::shop_store(40, 30, toy::random_orders(3000, 40, 30, 70, 1)));
  Sampler sampler(shop.graph, 0, {{8, 4, 3}, false, 11});
  const auto seeds = many_seeds(200);
  const Shard shard = sampler.sample(seeds, 1);
  int64_t checked = 0;
  for (size_t table = 0; table < shard.tables.size(); ++table) {
    for (size_t i = 0; i < shard.tables[table].row.size(); ++i) {
      EXPECT_LE(shop.graph.store.tables[table].time[shard.tables[table].row[i]],
                seeds[shard.tables[table].seed[i]].cut);
      ++checked;
    }
  }
  EXPECT_GT(checked, 2000);
}

TEST(Sampler, TheSameForAnyShardThreadsAndOrder) {
  const toy::Shop shop(toy::shop_store(40, 30, toy::random_orders(3000, 40, 30, 70, 1)));
  const SamplerOptions options{{8, 4}, false, 11};
  auto seeds = many_seeds(150);
  Sampler sampler(shop.graph, 0, options);
  const Shard all = sampler.sample(seeds, 3);
  for (const int64_t s : {0, 17, 149}) {
    Sampler alone(shop.graph, 0, options);
    EXPECT_EQ(signature(shop.graph, alone.sample(std::vector<Seed>{seeds[s]}, 3), 0),
              signature(shop.graph, all, s));
  }
  for (const int count : {1, 2, 4}) {
    ThreadPool threads(count);
    const Batch batch = BatchSampler(shop.graph, 0, options, threads).sample(seeds, 3);
    for (int64_t s = 0; s < 150; ++s) {
      ASSERT_EQ(signature(shop.graph, batch.shards[s / kShardSeeds], s % kShardSeeds),
                signature(shop.graph, all, s));
    }
  }
  EXPECT_NE(signature(shop.graph, sampler.sample(seeds, 4), 115),
            signature(shop.graph, all, 115));  // another epoch
}

TEST(Sampler, FanoutBoundsLinksAndTakesAllWhereTheyFit) {
  const toy::Shop shop(toy::shop_store(3, 2, toy::random_orders(300, 3, 2, 20, 5)));
  Sampler sampler(shop.graph, 0, {{7}, false, 1});
  const Shard shard = sampler.sample(std::vector<Seed>{toy::seed_at(0, 60), toy::seed_at(1, 0)}, 0);
  const GraphLink& link = shop.graph.links[0];
  EXPECT_EQ(shard.joins[0]->size(0), 7);
  EXPECT_EQ(shard.joins[0]->size(1), std::min<int64_t>(7, visible_children(link, 1, 0)));
}

TEST(Sampler, LatestTakesTheMostRecent) {
  std::vector<toy::OrderRow> orders;
  for (int64_t i = 0; i < 20; ++i) orders.push_back({i + 1, 1, 1, 1.0, i});
  const toy::Shop shop(toy::shop_store(1, 1, orders));
  Sampler sampler(shop.graph, 0, {{3}, true, 1});
  const Shard shard = sampler.sample(std::vector<Seed>{toy::seed_at(0, 10)}, 0);
  std::vector<int64_t> days;
  for (const int64_t row : shard.tables[1].row)
    days.push_back(shop.graph.store.tables[1].time[row] / kMicrosPerDay);
  EXPECT_EQ(days, (std::vector<int64_t>{8, 9, 10}));
}

TEST(Sampler, ASeedWithoutAVisibleOwnRowKeepsItsLinks) {
  const toy::Shop shop(toy::shop_store(2, 3, {{1, 1, 3, 1.0, 0}, {2, 1, 3, 1.0, 1}}));
  Sampler sampler(shop.graph, 2, {{5}, false, 1});
  Seed seed{2, kMicrosPerDay, kMicrosPerDay, false};  // product 3 is dated day 2
  const Shard shard = sampler.sample(std::vector<Seed>{seed}, 0);
  EXPECT_EQ(shard.tables[2].row[0], 3);  // "columns missing"
  EXPECT_EQ(shard.tables[1].row.size(), 2u);
}

/// Pearson's statistic of how often each of n children was drawn, against uniform.
void expect_uniform(int64_t degree, int64_t fanout, int64_t draws) {
  std::vector<toy::OrderRow> orders;
  for (int64_t i = 0; i < degree; ++i) orders.push_back({i + 1, 1, 0, 1.0, i % 7});  // ties in time
  const toy::Shop shop(toy::shop_store(1, 1, orders));
  Sampler sampler(shop.graph, 0, {{fanout}, false, 3});
  const int64_t bins = std::min<int64_t>(degree, 100);
  std::vector<double> count(bins, 0.0);
  for (int64_t draw = 0; draw < draws; ++draw) {
    const Shard shard =
        sampler.sample(std::vector<Seed>{toy::seed_at(0, 30)}, static_cast<uint64_t>(draw));
    ASSERT_EQ(shard.tables[1].row.size(), static_cast<size_t>(fanout));
    for (const int64_t row : shard.tables[1].row) count[row * bins / degree] += 1;
  }
  // Draws without replacement vary a little less than independent ones, so the bound is on the safe side:
  // mean + 6 standard deviations of chi-square with bins - 1 degrees of freedom (p below 1e-6).
  double statistic = 0;
  for (int64_t bin = 0; bin < bins; ++bin) {
    const int64_t first = (bin * degree + bins - 1) / bins,
                  last = ((bin + 1) * degree + bins - 1) / bins;
    const double expected = static_cast<double>(draws * fanout) *
                            static_cast<double>(last - first) / static_cast<double>(degree);
    statistic += (count[bin] - expected) * (count[bin] - expected) / expected;
  }
  const double freedom = static_cast<double>(bins - 1);
  EXPECT_LT(statistic, freedom + 6 * std::sqrt(2 * freedom)) << "degree " << degree;
}

TEST(Sampler, UniformOnDegrees10To1000000) {
  expect_uniform(10, 3, 20000);
  expect_uniform(10'000, 64, 3000);
  expect_uniform(50'000, 64, 3000);
  expect_uniform(1'000'000, 128, 3000);
}

}  // namespace
}  // namespace cenote
