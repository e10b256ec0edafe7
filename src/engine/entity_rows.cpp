// SPDX-License-Identifier: Apache-2.0
#include "engine/entity_rows.h"

#include <algorithm>

#include "base/check.h"

namespace cenote {

const ColumnData* key_column(const Prepared& prepared, int32_t table) {
  const Table& of = prepared.schema.tables[table];
  if (of.primary_key.size() != 1) return nullptr;
  return &prepared.graph.store.tables[table].columns[of.find_column(of.primary_key[0])];
}

const ColumnData* entity_key(const Prepared& prepared) {
  return key_column(prepared, prepared.entity_table);
}

std::string entity_key_name(const Prepared& prepared) {
  const Table& table = prepared.schema.tables[prepared.entity_table];
  if (!prepared.task.entity_column.empty()) return prepared.task.entity_column;
  return table.primary_key.size() == 1 ? table.primary_key[0] : "row";
}

std::string entity_text(const Prepared& prepared, int64_t row) {
  const ColumnData* key = entity_key(prepared);
  return key != nullptr ? value_text(*key, row) : std::to_string(row);
}

std::vector<int64_t> entity_rows(const Prepared& prepared, const std::vector<std::string>& keys) {
  const StoredTable& table = prepared.graph.store.tables[prepared.entity_table];
  const ColumnData* key = entity_key(prepared);
  CENOTE_CHECK(key != nullptr, bad_input,
               "table '{}' has no key of one column, so its rows cannot be named", table.name);
  std::vector<std::pair<std::string, int64_t>> by_text;
  for (int64_t row = 0; row < table.rows; ++row) by_text.emplace_back(value_text(*key, row), row);
  std::sort(by_text.begin(), by_text.end());
  std::vector<int64_t> rows;
  for (const std::string& wanted : keys) {
    const auto at =
        std::lower_bound(by_text.begin(), by_text.end(), std::make_pair(wanted, int64_t{-1}));
    CENOTE_CHECK(at != by_text.end() && at->first == wanted, not_found,
                 "table '{}' has no row whose {} is '{}'", table.name,
                 prepared.schema.tables[prepared.entity_table].primary_key[0], wanted);
    rows.push_back(at->second);
  }
  return rows;
}

Seed entity_seed(const Prepared& prepared, int64_t row, int64_t time, int64_t frame) {
  Seed seed;
  seed.row = row;
  seed.time = frame_time(prepared.task, time, frame);
  seed.cut = prepared.visibility.cut(time);
  seed.own_row = prepared.task.kind == TaskKind::autocomplete ||
                 prepared.graph.store.tables[prepared.entity_table].time[row] <= seed.cut;
  return seed;
}

}  // namespace cenote
