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
  for (const StoredTable& table : graph.store.tables) marks_.emplace_back(table.rows + 1);
}

Batch BatchSampler::sample(std::span<const Seed> seeds, uint64_t epoch) {
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
  if (++stamp_now_ == 0) {  // all stamps are used up: none is taken for a new one
    for (auto& table : marks_) std::fill(table.begin(), table.end(), Mark{});
    stamp_now_ = 1;
  }
  threads_.parallel_for(static_cast<int64_t>(tables),
                        [&](int64_t table) { find_distinct(batch, table); });
  return batch;
}

/// The distinct rows of a table, and where in them every occurrence is.
void BatchSampler::find_distinct(Batch& batch, size_t table) {
  PagedVector<Mark>& marks = marks_[table];
  auto& distinct = batch.rows[table];
  for (const Shard& shard : batch.shards) {
    for (const int64_t row : shard.tables[table].row) {
      if (marks[row].stamp == stamp_now_) continue;
      marks[row].stamp = stamp_now_;
      distinct.push_back(row);
    }
  }
  std::sort(distinct.begin(), distinct.end());
  for (size_t i = 0; i < distinct.size(); ++i) marks[distinct[i]].place = static_cast<uint32_t>(i);
  for (size_t s = 0; s < batch.shards.size(); ++s) {
    const auto& rows = batch.shards[s].tables[table].row;
    auto places = std::make_shared<std::vector<int64_t>>(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) (*places)[i] = marks[rows[i]].place;
    batch.places[s][table] = std::move(places);
  }
  batch.uses[table] = uses_of(batch, table);
}

}  // namespace cenote
