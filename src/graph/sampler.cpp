// SPDX-License-Identifier: Apache-2.0
#include "graph/sampler.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"

namespace cenote {

namespace {

/// The entries of children that are about to be met are asked for so many children before their turn.
constexpr int64_t kChildrenAhead = 16;

}  // namespace

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

  /// Forgets what was met, but keeps the memory.
  void clear() {
    for (TablePart& part : tables) {
      part.rows.clear();
      part.level_start.assign(1, 0);
    }
    for (RelationPart& part : relations) {
      part.sizes.clear();
      part.rows.clear();
    }
  }
};

Sampler::Sampler(const Graph& graph, int32_t entity_table, SamplerOptions options)
    : graph_(graph), entity_table_(entity_table), options_(std::move(options)) {
  relations_of_.resize(graph.store.tables.size());
  for (int64_t relation = 0; relation < graph.relations(); ++relation) {
    if (options_.links.empty() || options_.links[relation / 2])
      relations_of_[graph.group_table(relation)].push_back(relation);
    relation_hash_.push_back(hash_bytes(graph.relation_name(relation)));
  }
  for (const StoredTable& table : graph.store.tables) met_.emplace_back(table.rows + 1);
}

Sampler::~Sampler() = default;

int64_t visible_children(const GraphLink& link, int64_t parent, int64_t cut) {
  const int64_t first = link.offsets[parent], last = link.offsets[parent + 1];
  if (first == last || link.child_time[last - 1] <= cut) return last - first;
  const auto begin = link.child_time.begin() + first;
  return std::upper_bound(begin, link.child_time.begin() + last, cut) - begin;
}

/// `count` of the positions [0, visible), uniformly and without replacement, ascending, into drawn_. REQUIRES
/// count < visible.
///
/// Floyd's way: one bounded draw a slot, whatever the degree. What was drawn is a bit each where those are fewer than
/// cache lines of a sorted list, else that list.
/// Source    Bentley, Floyd 1987, "Programming pearls: a sample of brilliance".
void Sampler::draw(uint64_t key, int64_t visible, int64_t count) {
  drawn_.clear();
  Random random(key);
  if (visible <= 64 * count) {
    bits_.assign(static_cast<size_t>(visible + 63) / 64, 0);
    for (int64_t top = visible - count; top < visible; ++top) {
      auto pick = static_cast<int64_t>(random.below(static_cast<uint64_t>(top) + 1));
      if (bits_[pick / 64] >> (pick % 64) & 1) pick = top;
      bits_[pick / 64] |= uint64_t{1} << (pick % 64);
    }
    for (size_t word = 0; word < bits_.size(); ++word) {
      for (uint64_t left = bits_[word]; left != 0; left &= left - 1)
        drawn_.push_back(static_cast<int64_t>(64 * word) + std::countr_zero(left));
    }
    return;
  }
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
  const uint64_t hop_key = hash_combine(seed_key, static_cast<uint64_t>(hop));
  const int64_t fanout = options_.fanout[hop];
  for (size_t table = 0; table < found.tables.size(); ++table) {
    const int64_t begin = found.tables[table].level_start[hop],
                  end = found.tables[table].level_start[hop + 1];
    const StoredTable& stored = graph_.store.tables[table];
    for (const int64_t relation : relations_of_[table]) {
      const GraphLink& link = graph_.links[relation / 2];
      auto& part = found.relations[relation];
      const bool to_parent = relation % 2 == 1;
      const int32_t row_table = to_parent ? link.parent_table : link.child_table;
      std::vector<Met>& met = met_[row_table];
      std::vector<int64_t>& rows = found.tables[row_table].rows;
      const auto meet = [&](int64_t row) {
        Met& one = met[row];
        if (one.stamp != stamp_now_) {
          one = {stamp_now_, static_cast<uint32_t>(rows.size())};
          rows.push_back(row);
        }
        part.rows.push_back(one.local);
      };
      for (int64_t local = begin; local < end; ++local) {
        int64_t row = found.tables[table].rows[local];
        if (row == stored.rows) row = seed.row;  // its columns are missing, its links are not
        if (to_parent) {
          // The parent of a child obeys the seed's time too.
          const int64_t parent = link.parent[row];
          const bool visible =
              parent >= 0 && graph_.store.tables[row_table].time[parent] <= seed.cut;
          if (visible) meet(parent);
          part.sizes.push_back(visible);
          continue;
        }
        const int64_t visible = visible_children(link, row, seed.cut);
        const auto* children = link.children.data() + link.offsets[row];
        part.sizes.push_back(std::min(visible, fanout));
        if (visible > fanout && !options_.latest) {
          draw(hash_combine(hop_key, relation_hash_[relation] ^ stored.key_hash[row]), visible,
               fanout);
          for (size_t i = 0; i < drawn_.size(); ++i) {
            const size_t ahead = std::min(i + kChildrenAhead, drawn_.size() - 1);
            __builtin_prefetch(&met[children[drawn_[ahead]]], 1);
            meet(children[drawn_[i]]);
          }
          continue;
        }
        for (int64_t i = std::max<int64_t>(0, visible - fanout); i < visible; ++i) {
          __builtin_prefetch(&met[children[std::min(i + kChildrenAhead, visible - 1)]], 1);
          meet(children[i]);
        }
      }
    }
  }
}

/// Everything that a seed meets, hop by hop.
void Sampler::discover(const Seed& seed, uint64_t epoch, Discovery& own) {
  const StoredTable& entities = graph_.store.tables[entity_table_];
  CENOTE_ASSERT(seed.row >= 0 && seed.row < entities.rows);
  if (++stamp_now_ == 0) {  // all stamps are used up: none is taken for a new one
    for (auto& table : met_) std::fill(table.begin(), table.end(), Met{});
    stamp_now_ = 1;
  }
  own.tables.resize(graph_.store.tables.size());
  own.relations.resize(graph_.relations());
  own.clear();
  own.tables[entity_table_].rows.push_back(seed.own_row ? seed.row : entities.rows);
  met_[entity_table_][seed.row] = {stamp_now_, 0};
  uint64_t key = hash_combine(options_.seed, entities.key_hash[seed.row]);
  key = hash_combine(hash_combine(key, static_cast<uint64_t>(seed.time)), epoch);
  const auto hops = static_cast<int64_t>(options_.fanout.size());
  for (int64_t hop = 0; hop <= hops; ++hop) {
    for (auto& table : own.tables)
      table.level_start.push_back(static_cast<int64_t>(table.rows.size()));
    if (hop < hops) expand(seed, hop, key, own);
  }
}

/// Puts the seeds' rows of a table together, level by level. shift[level][seed]: what a local occurrence of the level has
/// to be moved by.
ShardTable Sampler::join_rows(size_t table, std::vector<std::vector<int64_t>>& shift) const {
  const auto hops = static_cast<int64_t>(options_.fanout.size());
  ShardTable out;
  shift.resize(hops + 1);
  size_t total = 0;
  for (size_t s = 0; s < seeds_; ++s) total += found_[s].tables[table].rows.size();
  out.row.reserve(total);
  out.seed.reserve(total);
  for (int64_t level = 0; level <= hops; ++level) {
    shift[level].resize(seeds_);
    for (size_t s = 0; s < seeds_; ++s) {
      const auto& part = found_[s].tables[table];
      const int64_t from = part.level_start[level], to = part.level_start[level + 1];
      shift[level][s] = std::ssize(out.row) - from;
      out.row.insert(out.row.end(), part.rows.begin() + from, part.rows.begin() + to);
      out.seed.insert(out.seed.end(), static_cast<size_t>(to - from), static_cast<int64_t>(s));
    }
    out.level_end.push_back(std::ssize(out.row));
  }
  return out;
}

/// Puts the seeds' links of a relation together, in order of the groups; null where there are none.
std::shared_ptr<const Join> Sampler::join_links(
    int64_t relation, const std::vector<std::vector<int64_t>>& shift) const {
  const int32_t group_table = graph_.group_table(relation), row_table = graph_.row_table(relation);
  size_t links = 0, groups = 0;
  for (size_t s = 0; s < seeds_; ++s) {
    links += found_[s].relations[relation].rows.size();
    groups += found_[s].relations[relation].sizes.size();
  }
  if (links == 0) return nullptr;
  auto join = std::make_shared<Join>();
  join->rows.reserve(links);
  join->offsets.reserve(groups + 1);
  std::vector<int64_t> next_group(seeds_, 0), next_row(seeds_, 0);
  for (int64_t level = 0; level < std::ssize(options_.fanout); ++level) {
    for (size_t s = 0; s < seeds_; ++s) {
      const auto& starts = found_[s].tables[group_table].level_start;
      const auto& row_starts = found_[s].tables[row_table].level_start;
      const auto& part = found_[s].relations[relation];
      for (int64_t g = starts[level]; g < starts[level + 1]; ++g) {
        for (int64_t left = part.sizes[next_group[s]++]; left > 0; --left) {
          const int64_t local = part.rows[next_row[s]++];
          int64_t of = level + 1;  // no further than one hop from its group
          while (local < row_starts[of]) --of;
          join->rows.push_back(local + shift[of][s]);
        }
        join->offsets.push_back(join->links());
      }
    }
  }
  return join;
}

Shard Sampler::sample(std::span<const Seed> seeds, uint64_t epoch) {
  seeds_ = seeds.size();
  if (found_.size() < seeds_) found_.resize(seeds_);
  for (size_t s = 0; s < seeds_; ++s) discover(seeds[s], epoch, found_[s]);
  Shard shard;
  shard.seeds.assign(seeds.begin(), seeds.end());
  std::vector<std::vector<std::vector<int64_t>>> shift(graph_.store.tables.size());
  for (size_t table = 0; table < shift.size(); ++table)
    shard.tables.push_back(join_rows(table, shift[table]));
  for (int64_t relation = 0; relation < graph_.relations(); ++relation) {
    shard.joins.push_back(join_links(relation, shift[graph_.row_table(relation)]));
    if (shard.joins.back()) shard.links += shard.joins.back()->links();
  }
  return shard;
}

}  // namespace cenote
