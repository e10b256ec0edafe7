// SPDX-License-Identifier: Apache-2.0
#include "graph/sampler.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"

namespace cenote {

/// What one seed has met: per table its rows by level, per relation the links in order of the groups.
struct Sampler::Discovery {
  struct TablePart {
    std::vector<int64_t> rows;
    std::vector<int64_t> level_start;  // [hops + 2]
  };
  struct RelationPart {
    std::vector<int64_t> sizes;  // per group, in order
    std::vector<int64_t> rows;   // local occurrences of the row table
  };
  std::vector<TablePart> tables;
  std::vector<RelationPart> relations;
};

Sampler::Sampler(const Graph& graph, int32_t entity_table, SamplerOptions options)
    : graph_(graph), entity_table_(entity_table), options_(std::move(options)) {
  relations_of_.resize(graph.store.tables.size());
  for (int64_t relation = 0; relation < graph.relations(); ++relation) {
    if (options_.links.empty() || options_.links[relation / 2])
      relations_of_[graph.group_table(relation)].push_back(relation);
    relation_hash_.push_back(hash_bytes(graph.relation_name(relation)));
  }
  for (const StoredTable& table : graph.store.tables) {
    stamp_.emplace_back(table.rows + 1, 0);
    local_.emplace_back(table.rows + 1, 0);
  }
}

int64_t visible_children(const GraphLink& link, int64_t parent, int64_t cut) {
  const auto begin = link.child_time.begin() + link.offsets[parent];
  const auto end = link.child_time.begin() + link.offsets[parent + 1];
  return std::upper_bound(begin, end, cut) - begin;
}

/// Positions in [0, visible) to take, ascending, into drawn_.
void Sampler::draw(uint64_t key, int64_t visible, int64_t count) {
  drawn_.clear();
  if (visible <= count) {
    for (int64_t i = 0; i < visible; ++i) drawn_.push_back(i);
    return;
  }
  if (options_.latest) {
    for (int64_t i = visible - count; i < visible; ++i) drawn_.push_back(i);
    return;
  }
  // Floyd's sampling without replacement: one bounded draw a slot, whatever the degree; the drawn
  // positions stay sorted, so membership is a binary search and the result needs no sort.
  // Source: Bentley, Floyd 1987, "Programming pearls: a sample of brilliance".
  Random random(key);
  for (int64_t top = visible - count; top < visible; ++top) {
    const auto pick = static_cast<int64_t>(random.below(static_cast<uint64_t>(top) + 1));
    const auto at = std::lower_bound(drawn_.begin(), drawn_.end(), pick);
    if (at != drawn_.end() && *at == pick) {
      drawn_.push_back(top);  // larger than all before
    } else {
      drawn_.insert(at, pick);
    }
  }
}

/// Draws for all rows that the seed met at level `hop`, and notes what is new as level hop + 1.
void Sampler::expand(const Seed& seed, int64_t hop, uint64_t seed_key, Discovery& found) {
  const auto meet = [&](int32_t table, int64_t row) {
    if (stamp_[table][row] != stamp_now_) {
      stamp_[table][row] = stamp_now_;
      local_[table][row] = static_cast<int64_t>(found.tables[table].rows.size());
      found.tables[table].rows.push_back(row);
    }
    return local_[table][row];
  };
  const uint64_t hop_key = hash_combine(seed_key, static_cast<uint64_t>(hop));
  for (size_t table = 0; table < found.tables.size(); ++table) {
    const int64_t begin = found.tables[table].level_start[hop],
                  end = found.tables[table].level_start[hop + 1];
    const StoredTable& stored = graph_.store.tables[table];
    for (int64_t local = begin; local < end; ++local) {
      int64_t row = found.tables[table].rows[local];
      if (row == stored.rows) row = seed.row;  // its columns are missing, its links are not
      for (const int64_t relation : relations_of_[table]) {
        const GraphLink& link = graph_.links[relation / 2];
        auto& part = found.relations[relation];
        int64_t size = 0;
        if (relation % 2 == 1) {
          // The parent of a child obeys the seed's time too.
          const int64_t parent = link.parent[row];
          if (parent >= 0 && graph_.store.tables[link.parent_table].time[parent] <= seed.cut) {
            part.rows.push_back(meet(link.parent_table, parent));
            size = 1;
          }
        } else if (const int64_t visible = visible_children(link, row, seed.cut); visible > 0) {
          draw(hash_combine(hop_key, relation_hash_[relation] ^ stored.key_hash[row]), visible,
               options_.fanout[hop]);
          for (const int64_t position : drawn_) {
            part.rows.push_back(
                meet(link.child_table, link.children[link.offsets[row] + position]));
          }
          size = static_cast<int64_t>(drawn_.size());
        }
        part.sizes.push_back(size);
      }
    }
  }
}

Shard Sampler::sample(const std::vector<Seed>& seeds, uint64_t epoch) {
  const auto hops = static_cast<int64_t>(options_.fanout.size());
  const size_t tables = graph_.store.tables.size();
  const StoredTable& entities = graph_.store.tables[entity_table_];
  std::vector<Discovery> found(seeds.size());
  for (size_t s = 0; s < seeds.size(); ++s) {
    const Seed& seed = seeds[s];
    CENOTE_ASSERT(seed.row >= 0 && seed.row < entities.rows);
    ++stamp_now_;
    Discovery& own = found[s];
    own.tables.resize(tables);
    own.relations.resize(graph_.relations());
    for (auto& table : own.tables) table.level_start.push_back(0);
    own.tables[entity_table_].rows.push_back(seed.own_row ? seed.row : entities.rows);
    stamp_[entity_table_][seed.row] = stamp_now_;
    local_[entity_table_][seed.row] = 0;
    uint64_t key = hash_combine(options_.seed, entities.key_hash[seed.row]);
    key = hash_combine(hash_combine(key, static_cast<uint64_t>(seed.time)), epoch);
    for (int64_t hop = 0; hop <= hops; ++hop) {
      for (auto& table : own.tables)
        table.level_start.push_back(static_cast<int64_t>(table.rows.size()));
      if (hop < hops) expand(seed, hop, key, own);
    }
  }

  // Put the seeds' parts together, level by level: an occurrence's place is that of its level and seed.
  Shard shard;
  shard.seeds = seeds;
  shard.tables.resize(tables);
  // place[table][level][seed]: where the seed's occurrences of the level begin.
  std::vector<std::vector<std::vector<int64_t>>> place(tables);
  for (size_t table = 0; table < tables; ++table) {
    ShardTable& out = shard.tables[table];
    place[table].resize(hops + 1);
    for (int64_t level = 0; level <= hops; ++level) {
      for (size_t s = 0; s < seeds.size(); ++s) {
        const auto& part = found[s].tables[table];
        place[table][level].push_back(static_cast<int64_t>(out.row.size()));
        for (int64_t i = part.level_start[level]; i < part.level_start[level + 1]; ++i) {
          out.row.push_back(part.rows[i]);
          out.seed.push_back(static_cast<int64_t>(s));
        }
      }
      out.level_end.push_back(static_cast<int64_t>(out.row.size()));
    }
  }
  for (int64_t relation = 0; relation < graph_.relations(); ++relation) {
    const int32_t group_table = graph_.group_table(relation),
                  row_table = graph_.row_table(relation);
    if (!options_.links.empty() && !options_.links[relation / 2]) {
      shard.joins.push_back(nullptr);
      continue;
    }
    auto join = std::make_shared<Join>();
    std::vector<int64_t> next_group(seeds.size(), 0), next_row(seeds.size(), 0);
    for (int64_t level = 0; level < hops; ++level) {
      for (size_t s = 0; s < seeds.size(); ++s) {
        const auto& groups = found[s].tables[group_table];
        const auto& rows = found[s].tables[row_table];
        const auto& part = found[s].relations[relation];
        for (int64_t g = groups.level_start[level]; g < groups.level_start[level + 1]; ++g) {
          for (int64_t left = part.sizes[next_group[s]++]; left > 0; --left) {
            const int64_t local = part.rows[next_row[s]++];
            int64_t of = 0;
            while (local >= rows.level_start[of + 1]) ++of;
            join->rows.push_back(place[row_table][of][s] + local - rows.level_start[of]);
          }
          join->offsets.push_back(static_cast<int64_t>(join->rows.size()));
        }
      }
    }
    shard.links += join->links();
    shard.joins.push_back(join->links() > 0 ? std::move(join) : nullptr);
  }
  return shard;
}

}  // namespace cenote
