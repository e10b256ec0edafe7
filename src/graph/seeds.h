// SPDX-License-Identifier: Apache-2.0
// From label tables to seeds: entity keys become rows, the protocol becomes a cut.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/sampler.h"
#include "task/task.h"

namespace cenote {

enum class Protocol { rolling, frozen };
enum class AsOf { inclusive, strict };

std::string_view to_string(Protocol protocol);
std::string_view to_string(AsOf as_of);
/// Errors    bad_input, listing the two names.
Protocol parse_protocol(std::string_view text);
AsOf parse_as_of(std::string_view text);

/// What decides visibility: the one place where a protocol is turned into a time.
struct Visibility {
  Protocol protocol = Protocol::rolling;
  AsOf as_of = AsOf::inclusive;
  int64_t test_timestamp = 0;
  /// rows with time <= cut(t) are visible to a seed at t
  int64_t cut(int64_t t) const {
    const int64_t last = protocol == Protocol::frozen && t > test_timestamp ? test_timestamp : t;
    return as_of == AsOf::strict ? last - 1 : last;
  }
};

/// Seeds with their labels, in the label table's order: (time, entity key).
struct SeedTable {
  PagedVector<Seed> seeds;
  std::vector<double> label;  // [S, width]
  int64_t width = 1;
  bool own_row_always = false;  // autocomplete: the entity's row is there whatever its time
  // Link prediction: rows of the item table, ascending in each list; `label` is how many there are.
  std::vector<int64_t> item;          // [items of all seeds]
  std::vector<int64_t> item_offsets;  // [S + 1]
  int64_t size() const { return static_cast<int64_t>(seeds.size()); }
  std::span<const int64_t> items(int64_t i) const {
    return std::span(item).subspan(item_offsets[i], item_offsets[i + 1] - item_offsets[i]);
  }
};

/// The seed as it would stand in a database that was last updated `lag` microseconds before its time.
Seed stale_seed(Seed seed, const StoredTable& entities, bool own_row_always, int64_t lag);
/// A lag uniform in [0, staleness], drawn by `key`.
int64_t draw_lag(int64_t staleness, uint64_t key);

/// Rows for entity keys. `own_row_always`: the entity's own row is visible whatever its time (autocomplete).
/// Errors    bad_input naming a key that the entity table lacks.
/// Warnings  entities that are dated after their seed time (counted).
SeedTable make_seeds(const LabelTable& labels, const Schema& schema, const Graph& graph,
                     int32_t entity_table, const Visibility& visibility, bool own_row_always,
                     const Hooks& hooks);

/// Fills in the items of the seeds that were made of these labels.
/// Errors    bad_input naming a key that the item table lacks.
void add_items(const LabelTable& labels, const Schema& schema, const Graph& graph,
               int32_t item_table, SeedTable& seeds);

}  // namespace cenote
