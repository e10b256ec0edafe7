// SPDX-License-Identifier: Apache-2.0
// A DuckDB file: tables and views of every schema; keys from DuckDB's own catalogue.
#include <map>

#include "base/check.h"
#include "database/source.h"

namespace cenote {
namespace {

/// A JSON list of texts, as to_json() writes it, would be another parser: the catalogue's lists come
/// unnested instead, one row per column, in order.
void read_constraints(const std::string& alias, DuckDatabase& loader,
                      std::map<std::string, SourceTable*>& by_name) {
  const QueryResult keys = loader.query(fmt::format(
      "SELECT schema_name, table_name, constraint_index, constraint_type, "
      "unnest(constraint_column_names) AS c, "
      "unnest(CASE WHEN constraint_type = 'FOREIGN KEY' THEN referenced_column_names "
      "ELSE constraint_column_names END) AS r, referenced_table "
      "FROM duckdb_constraints() WHERE database_name = {} AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') "
      "ORDER BY ALL EXCLUDE (c, r)",
      quote_literal(alias)));
  std::string last;
  for (int64_t i = 0; i < keys.rows; ++i) {
    const auto cell = [&](size_t column) { return value_text(keys.columns[column], i); };
    const std::string name = cell(0) == "main" ? cell(1) : cell(0) + "." + cell(1);
    const auto found = by_name.find(name);
    if (found == by_name.end()) continue;
    SourceTable& table = *found->second;
    if (cell(3) == "PRIMARY KEY") {
      if (!table.primary_key) table.primary_key.emplace();
      table.primary_key->push_back(cell(4));
      continue;
    }
    const std::string constraint = name + "/" + cell(2);
    if (!table.links) table.links.emplace();
    if (constraint != last) {
      // DuckDB's foreign keys stay within a schema.
      const std::string parent = cell(0) == "main" ? cell(6) : cell(0) + "." + cell(6);
      table.links->push_back({{}, parent, {}});
    }
    table.links->back().columns.push_back(cell(4));
    table.links->back().to_columns.push_back(cell(5));
    last = constraint;
  }
}

}  // namespace

std::vector<SourceTable> list_duckdb(const std::filesystem::path& file, DuckDatabase& loader) {
  const std::string alias = attach(loader, file.string(), "", file.string());
  const QueryResult names = loader.query(fmt::format(
      "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = {0} AND NOT internal AND NOT temporary "
      "UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = {0} AND NOT internal "
      "AND NOT temporary ORDER BY 1, 2",
      quote_literal(alias)));
  std::vector<SourceTable> tables;
  for (int64_t i = 0; i < names.rows; ++i) {
    const std::string schema = value_text(names.columns[0], i);
    const std::string name = value_text(names.columns[1], i);
    SourceTable table;
    table.name = schema == "main" ? name : schema + "." + name;
    table.relation = fmt::format("{}.{}.{}", alias, quote_identifier(schema), quote_identifier(name));
    tables.push_back(std::move(table));
  }
  CENOTE_CHECK(!tables.empty(), bad_schema, "'{}' has no tables", file.string());
  std::map<std::string, SourceTable*> by_name;
  for (SourceTable& table : tables) by_name[table.name] = &table;
  read_constraints(alias, loader, by_name);
  return tables;
}

}  // namespace cenote
