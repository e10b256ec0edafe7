// SPDX-License-Identifier: Apache-2.0
// The sampler: the rows around a seed that were known at its time, never one from its future.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "graph/graph.h"
#include "kernel/join.h"

namespace cenote {

/// An entity at a time. A row is visible to the seed iff row.time <= cut: the one visibility rule, to
/// which rolling, frozen, inclusive and strict all reduce.
struct Seed {
  int64_t row = 0;      // in the entity table
  int64_t time = 0;     // t; relative times are measured from here
  int64_t cut = 0;      // min(t, ...) of the protocol; one less under `strict`
  bool own_row = true;  // false: the entity's own row is not visible, its columns count as missing
};

struct SamplerOptions {
  std::vector<int64_t> fanout;  // rows per hop and relation; its size is the number of hops
  bool latest = false;          // most recent first instead of uniform
  uint64_t seed = 0;
  std::vector<bool> links = {};  // over which rows are drawn; empty: all of the graph's
};

/// The occurrences of one table's rows in a shard: one per (seed, row), in order of level, seed, discovery.
/// Level l holds what is first met after l hops, so the rows that a layer needs are a prefix.
struct ShardTable {
  std::vector<int64_t>
      row;  // [n] rows of the table; the table's number of rows = "columns missing"
  std::vector<int64_t> seed;       // [n] position in the shard
  std::vector<int64_t> level_end;  // [levels]: occurrences of levels 0 ... l
};

/// Samples of a fixed number of seeds, all hops.
struct Shard {
  std::vector<Seed> seeds;
  std::vector<ShardTable> tables;  // as in the graph
  std::vector<std::shared_ptr<const Join>>
      joins;  // by relation: groups = occurrences of the group table in
              // levels 0 ... hops - 1, rows = occurrences; null: no link
  int64_t links = 0;
};

/// Draws samples.
///
/// A draw is keyed by (sampler seed, entity key, t, epoch, hop, relation name, key of the row whose
/// children are drawn): the same for any number of threads, any batch and any order of seeds.
/// Up to fanout[hop] visible rows per row and relation: all of them if they fit, else a uniform sample
/// without replacement (or the latest), in order of time.
/// Threads    one Sampler a thread; the graph is shared.
class Sampler {
 public:
  Sampler(const Graph& graph, int32_t entity_table, SamplerOptions options);
  ~Sampler();
  Shard sample(std::span<const Seed> seeds, uint64_t epoch);

 private:
  struct Discovery;
  /// Whether the seed of this stamp has met a row, and as which of its occurrences.
  struct Met {
    uint32_t stamp = 0, local = 0;
  };
  void discover(const Seed& seed, uint64_t epoch, Discovery& found);
  void expand(const Seed& seed, int64_t hop, uint64_t seed_key, Discovery& found);
  void draw(uint64_t key, int64_t visible, int64_t count);
  ShardTable join_rows(size_t table, std::vector<std::vector<int64_t>>& shift) const;
  std::shared_ptr<const Join> join_links(int64_t relation,
                                         const std::vector<std::vector<int64_t>>& shift) const;

  const Graph& graph_;
  int32_t entity_table_;
  SamplerOptions options_;
  std::vector<std::vector<int64_t>> relations_of_;  // by group table
  std::vector<uint64_t> relation_hash_;
  std::vector<std::vector<Met>> met_;  // by table and row
  uint32_t stamp_now_ = 0;
  std::vector<int64_t> drawn_;
  std::vector<uint64_t> bits_;
  std::vector<Discovery> found_;  // by seed; those beyond seeds_ are kept for their memory
  size_t seeds_ = 0;
};

/// How many of a link's children of `parent` have time <= cut: a binary search over the inline times.
int64_t visible_children(const GraphLink& link, int64_t parent, int64_t cut);

}  // namespace cenote
