// SPDX-License-Identifier: Apache-2.0
#include "database/catalogue.h"

#include <algorithm>

#include "base/check.h"
#include "base/lower.h"

namespace cenote {
namespace {

/// Exactly, else ignoring case: SQLite's foreign keys may spell their parent in another case.
SourceTable* find(std::vector<SourceTable>& tables, const std::string& name) {
  for (SourceTable& table : tables) {
    if (table.name == name) return &table;
  }
  for (SourceTable& table : tables) {
    if (to_lower(table.name) == to_lower(name)) return &table;
  }
  return nullptr;
}

}  // namespace

std::vector<SourceTable> list_attached(DuckDatabase& loader, const std::string& alias,
                                       const std::string& home_schema, const std::string& origin) {
  const QueryResult names = loader.query(
      fmt::format("SELECT schema_name, table_name, 'table' FROM duckdb_tables() WHERE "
                  "database_name = {0} AND NOT internal AND NOT temporary "
                  "UNION ALL SELECT schema_name, view_name, 'view' FROM duckdb_views() WHERE "
                  "database_name = {0} AND NOT internal "
                  "AND NOT temporary ORDER BY 1, 2",
                  quote_literal(alias)));
  std::vector<SourceTable> tables;
  for (int64_t i = 0; i < names.rows; ++i) {
    const std::string schema = value_text(names.columns[0], i);
    const std::string name = value_text(names.columns[1], i);
    SourceTable table;
    table.origin = origin;
    table.view = value_text(names.columns[2], i) == "view";
    table.name = schema == home_schema ? name : schema + "." + name;
    table.relation =
        fmt::format("{}.{}.{}", alias, quote_identifier(schema), quote_identifier(name));
    tables.push_back(std::move(table));
  }
  return tables;
}

void apply_catalogue(const QueryResult& keys, std::vector<SourceTable>& tables) {
  std::string last;
  for (int64_t i = 0; i < keys.rows; ++i) {
    const auto cell = [&](size_t column) { return value_text(keys.columns[column], i); };
    SourceTable* table = find(tables, cell(0));
    if (table == nullptr) continue;
    if (cell(3).empty()) {
      if (!table->primary_key) table->primary_key.emplace();
      table->primary_key->push_back(cell(2));
      continue;
    }
    const SourceTable* parent = find(tables, cell(3));
    if (parent == nullptr) continue;  // a table that this user may not see
    if (!table->links) table->links.emplace();
    const std::string constraint = table->name + '\0' + cell(1);
    if (constraint != last) table->links->push_back({{}, parent->name, {}});
    last = constraint;
    table->links->back().columns.push_back(cell(2));
    if (!cell(4).empty()) table->links->back().to_columns.push_back(cell(4));
  }
}

}  // namespace cenote
