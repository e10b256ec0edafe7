// SPDX-License-Identifier: Apache-2.0
// A batch: shards of a fixed number of seeds, and the distinct rows that they share.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/threads.h"
#include "graph/sampler.h"

namespace cenote {

/// Seeds per shard: a constant, so that no number of threads can change what is added to what.
inline constexpr int64_t kShardSeeds = 64;

/// Where the distinct rows of a table occur: row i at uses[offsets[i]] ... uses[offsets[i + 1] - 1], by shard, then by
/// occurrence.
struct RowUses {
  struct Use {
    int32_t shard;
    int32_t occurrence;  // of the table, in the shard
  };
  std::vector<int64_t> offsets;  // [distinct rows + 1]
  std::vector<Use> uses;
};

/// Each distinct row of a batch is encoded once, however often it was sampled.
struct Batch {
  std::vector<Shard> shards;
  std::vector<std::vector<int64_t>> rows;  // by table: distinct rows, ascending
  /// [shard][table]: the place in rows[table] of each occurrence.
  std::vector<std::vector<std::shared_ptr<const std::vector<int64_t>>>> places;
  std::vector<RowUses> uses;  // by table: the transpose of `places`

  int64_t occurrences() const;
  int64_t distinct_rows() const;
  int64_t links() const;
};

/// Samples batches; one sampler a thread, and the same batch for any number of them.
class BatchSampler {
 public:
  BatchSampler(const Graph& graph, int32_t entity_table, SamplerOptions options,
               ThreadPool& threads);
  Batch sample(std::span<const Seed> seeds, uint64_t epoch);

 private:
  /// Whether the batch of this stamp has a row, and its place among the distinct ones.
  struct Mark {
    uint32_t stamp = 0, place = 0;
  };
  void find_distinct(Batch& batch, size_t table);

  const Graph& graph_;
  ThreadPool& threads_;
  std::vector<std::unique_ptr<Sampler>> samplers_;
  std::vector<PagedVector<Mark>> marks_;  // by table and row
  uint32_t stamp_now_ = 0;
};

}  // namespace cenote
