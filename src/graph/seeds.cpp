// SPDX-License-Identifier: Apache-2.0
#include "graph/seeds.h"

#include <algorithm>

#include "base/check.h"
#include "base/time.h"

namespace cenote {

std::string_view to_string(Protocol protocol) {
  return protocol == Protocol::rolling ? "rolling" : "frozen";
}
std::string_view to_string(AsOf as_of) { return as_of == AsOf::inclusive ? "inclusive" : "strict"; }

Protocol parse_protocol(std::string_view text) {
  if (text == "rolling") return Protocol::rolling;
  CENOTE_CHECK(text == "frozen", bad_input, "protocol '{}' is not known; have: rolling, frozen",
               text);
  return Protocol::frozen;
}

AsOf parse_as_of(std::string_view text) {
  if (text == "inclusive") return AsOf::inclusive;
  CENOTE_CHECK(text == "strict", bad_input, "as-of '{}' is not known; have: inclusive, strict",
               text);
  return AsOf::strict;
}

namespace {

/// Rows by the snapshot's rowid: for tables whose rows have no key.
std::vector<int64_t> rows_by_snapshot(const StoredTable& table) {
  std::vector<int64_t> rows(table.rows);
  for (int64_t row = 0; row < table.rows; ++row) rows[table.snapshot_row[row]] = row;
  return rows;
}

}  // namespace

int64_t draw_lag(int64_t staleness, uint64_t key) {
  const double share = static_cast<double>(key >> 11) * 0x1.0p-53;
  return static_cast<int64_t>(share * static_cast<double>(staleness));
}

Seed stale_seed(Seed seed, const StoredTable& entities, bool own_row_always, int64_t lag) {
  seed.cut = std::min(seed.cut, seed.time - lag);
  seed.own_row = seed.own_row && (own_row_always || entities.time[seed.row] <= seed.cut);
  return seed;
}

SeedTable make_seeds(const LabelTable& labels, const Schema& schema, const Graph& graph,
                     int32_t entity_table, const Visibility& visibility, bool own_row_always,
                     const Hooks& hooks) {
  const Table& table = schema.tables[entity_table];
  const StoredTable& stored = graph.store.tables[entity_table];
  std::vector<int64_t> by_snapshot;
  std::vector<const ColumnData*> key;
  if (labels.by_row) {
    by_snapshot = rows_by_snapshot(stored);
  } else {
    CENOTE_CHECK(
        table.primary_key.size() == 1, bad_schema,
        "table '{}' names its rows by {} columns; an entity table needs a key of one column",
        table.name, table.primary_key.size());
    key.push_back(&stored.columns[table.find_column(table.primary_key[0])]);
  }
  const KeyIndex index(key);

  SeedTable out;
  out.width = labels.width;
  out.label = labels.label;
  out.own_row_always = own_row_always;
  int64_t later = 0;
  for (int64_t i = 0; i < labels.size(); ++i) {
    Seed seed;
    seed.row =
        labels.by_row ? by_snapshot.at(labels.entity.integers[i]) : index.find({&labels.entity}, i);
    CENOTE_CHECK(seed.row >= 0, bad_input, "table '{}' has no row whose {} is '{}'", table.name,
                 table.primary_key.empty() ? "rowid" : table.primary_key[0],
                 value_text(labels.entity, i));
    seed.time = labels.frame.empty() ? labels.time[i] : labels.frame_time[i];
    seed.cut = visibility.cut(labels.time[i]);
    seed.own_row = own_row_always || stored.time[seed.row] <= seed.cut;
    later += !seed.own_row;
    out.seeds.push_back(seed);
  }
  if (later > 0) {
    hooks.warn("entity_after_seed", fmt::format("{} of {} seeds ask about a row of '{}' that is "
                                                "dated after what is visible; its key is used, "
                                                "its columns count as missing",
                                                later, out.size(), table.name));
  }
  return out;
}

void add_items(const LabelTable& labels, const Schema& schema, const Graph& graph,
               int32_t item_table, SeedTable& seeds) {
  const Table& table = schema.tables[item_table];
  CENOTE_CHECK(table.primary_key.size() == 1, bad_schema,
               "table '{}' names its rows by {} columns; an item table needs a key of one column",
               table.name, table.primary_key.size());
  const KeyIndex index(
      {&graph.store.tables[item_table].columns[table.find_column(table.primary_key[0])]});
  seeds.item_offsets = labels.item_offsets;
  seeds.item.reserve(static_cast<size_t>(labels.item.size()));
  for (int64_t i = 0; i < labels.item.size(); ++i) {
    seeds.item.push_back(index.find({&labels.item}, i));
    CENOTE_CHECK(seeds.item.back() >= 0, bad_input, "table '{}' has no row whose {} is '{}'",
                 table.name, table.primary_key[0], value_text(labels.item, i));
  }
  for (int64_t s = 0; s < seeds.size(); ++s) {
    std::sort(seeds.item.begin() + seeds.item_offsets[s],
              seeds.item.begin() + seeds.item_offsets[s + 1]);
  }
}

}  // namespace cenote
