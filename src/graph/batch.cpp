// SPDX-License-Identifier: Apache-2.0
#include "graph/batch.h"

#include <algorithm>
#include <numeric>

namespace cenote {

namespace {

/// The transpose of where each occurrence's row is among the distinct ones, counted and filled in.
RowUses uses_of(const Batch& batch, size_t table) {
  RowUses out;
  out.offsets.assign(batch.rows[table].size() + 1, 0);
  for (const auto& shard : batch.places) {
    for (const int64_t place : *shard[table]) ++out.offsets[place + 1];
  }
  std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
  out.uses.resize(static_cast<size_t>(out.offsets.back()));
  std::vector<int64_t> next(out.offsets.begin(), out.offsets.end() - 1);
  for (size_t s = 0; s < batch.places.size(); ++s) {
    const auto& places = *batch.places[s][table];
    for (size_t i = 0; i < places.size(); ++i)
      out.uses[next[places[i]]++] = {static_cast<int32_t>(s), static_cast<int32_t>(i)};
  }
  return out;
}

}  // namespace

int64_t Batch::occurrences() const {
  int64_t total = 0;
  for (const Shard& shard : shards) {
    for (const ShardTable& table : shard.tables) total += static_cast<int64_t>(table.row.size());
  }
  return total;
}

int64_t Batch::distinct_rows() const {
  int64_t total = 0;
  for (const auto& table : rows) total += static_cast<int64_t>(table.size());
  return total;
}

int64_t Batch::links() const {
  int64_t total = 0;
  for (const Shard& shard : shards) total += shard.links;
  return total;
}

BatchSampler::BatchSampler(const Graph& graph, int32_t entity_table, SamplerOptions options,
                           ThreadPool& threads)
    : graph_(graph), threads_(threads) {
  for (int i = 0; i < threads.threads(); ++i) {
    samplers_.push_back(std::make_unique<Sampler>(graph, entity_table, options));
  }
}

Batch BatchSampler::sample(const std::vector<Seed>& seeds, uint64_t epoch) {
  Batch batch;
  const auto count = static_cast<int64_t>(seeds.size());
  const int64_t shards = (count + kShardSeeds - 1) / kShardSeeds;
  batch.shards.resize(shards);
  // Every sampler takes its share of the shards; which one draws a shard changes nothing in it.
  const auto samplers = static_cast<int64_t>(samplers_.size());
  threads_.parallel_for(std::min(samplers, shards), [&](int64_t worker) {
    for (int64_t shard = worker; shard < shards; shard += samplers) {
      const auto begin = seeds.begin() + shard * kShardSeeds;
      const auto end = seeds.begin() + std::min(count, (shard + 1) * kShardSeeds);
      batch.shards[shard] = samplers_[worker]->sample({begin, end}, epoch);
    }
  });

  const size_t tables = graph_.store.tables.size();
  batch.rows.resize(tables);
  batch.uses.resize(tables);
  batch.places.assign(shards, std::vector<std::shared_ptr<const std::vector<int64_t>>>(tables));
  threads_.parallel_for(static_cast<int64_t>(tables), [&](int64_t table) {
    auto& distinct = batch.rows[table];
    for (const Shard& shard : batch.shards) {
      const auto& rows = shard.tables[table].row;
      distinct.insert(distinct.end(), rows.begin(), rows.end());
    }
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (int64_t s = 0; s < shards; ++s) {
      auto places = std::make_shared<std::vector<int64_t>>();
      for (const int64_t row : batch.shards[s].tables[table].row) {
        places->push_back(std::lower_bound(distinct.begin(), distinct.end(), row) -
                          distinct.begin());
      }
      batch.places[s][table] = std::move(places);
    }
    batch.uses[table] = uses_of(batch, table);
  });
  return batch;
}

}  // namespace cenote
