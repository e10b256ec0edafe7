// SPDX-License-Identifier: Apache-2.0
// A DuckDB file: tables and views of every schema; keys from DuckDB's own catalogue.
#include "base/check.h"
#include "database/catalogue.h"

namespace cenote {

std::vector<SourceTable> list_duckdb(const std::filesystem::path& file, DuckDatabase& loader) {
  const std::string alias = attach(loader, file.string(), "", file.string());
  std::vector<SourceTable> tables = list_attached(loader, alias, "main", file.string());
  CENOTE_CHECK(!tables.empty(), bad_schema, "'{}' has no tables", file.string());
  // DuckDB's foreign keys stay within a schema, so the parent has the child's prefix.
  const QueryResult keys = loader.query(fmt::format(
      "SELECT prefix || table_name, CAST(constraint_index AS VARCHAR), child, "
      "CASE WHEN constraint_type = 'FOREIGN KEY' THEN prefix || referenced_table ELSE '' END, "
      "parent FROM ("
      "SELECT *, CASE WHEN schema_name = 'main' THEN '' ELSE schema_name || '.' END AS prefix, "
      "unnest(range(len(constraint_column_names))) AS place, unnest(constraint_column_names) AS "
      "child, "
      "unnest(CASE WHEN constraint_type = 'FOREIGN KEY' THEN referenced_column_names ELSE "
      "constraint_column_names END) AS parent "
      "FROM duckdb_constraints() WHERE database_name = {} AND constraint_type IN ('PRIMARY KEY', "
      "'FOREIGN KEY')) "
      "ORDER BY schema_name, table_name, constraint_index, place",
      quote_literal(alias)));
  apply_catalogue(keys, tables);
  return tables;
}

}  // namespace cenote
