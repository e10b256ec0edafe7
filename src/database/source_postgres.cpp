// SPDX-License-Identifier: Apache-2.0
// PostgreSQL: tables, views and materialised views; keys from pg_catalog, asked directly.
#include "base/check.h"
#include "database/catalogue.h"

namespace cenote {
namespace {

constexpr const char* kPartitions =
    "SELECT n.nspname AS s, c.relname AS t FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace "
    "n ON n.oid = c.relnamespace "
    "WHERE c.relispartition";

constexpr const char* kViews =
    "SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS t "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('v', 'm')";

constexpr const char* kKeys =
    "SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS "
    "child_table, "
    "con.conname::text AS constraint_name, a.attname::text AS child_column, "
    "CASE WHEN con.contype = 'f' THEN CASE WHEN fn.nspname = 'public' THEN '' ELSE fn.nspname || "
    "'.' END || fc.relname ELSE '' END "
    "AS parent_table, coalesce(fa.attname::text, '') AS parent_column "
    "FROM pg_catalog.pg_constraint con "
    "JOIN pg_catalog.pg_class c ON c.oid = con.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace "
    "CROSS JOIN LATERAL unnest(con.conkey) WITH ORDINALITY AS k(attnum, place) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum "
    "LEFT JOIN pg_catalog.pg_class fc ON fc.oid = con.confrelid LEFT JOIN pg_catalog.pg_namespace "
    "fn ON fn.oid = fc.relnamespace "
    "LEFT JOIN pg_catalog.pg_attribute fa ON fa.attrelid = con.confrelid AND fa.attnum = "
    "con.confkey[k.place] "
    "WHERE con.contype IN ('p', 'f') AND con.conparentid = 0 "
    "ORDER BY 1, con.contype, con.conname, k.place";

/// Every column of tables that have one of type numeric, in order; and how it is to be read.
constexpr const char* kNumerics =
    "SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS t, "
    "format('%I.%I', n.nspname, c.relname) AS quoted_table, quote_ident(a.attname) AS quoted, "
    "CASE WHEN a.atttypid <> 'numeric'::regtype THEN quote_ident(a.attname) "
    "WHEN a.atttypmod >= 4 AND (a.atttypmod - 4) & 2047 = 0 AND ((a.atttypmod - 4) >> 16) <= 38 "
    "THEN format('nullif(%I, ''NaN'')::numeric(%s, 0)', a.attname, (a.atttypmod - 4) >> 16) "
    "ELSE format('%I::float8', a.attname) END AS expression "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
    "AND EXISTS (SELECT FROM pg_catalog.pg_attribute b WHERE b.attrelid = c.oid AND b.attnum > 0 "
    "AND b.atttypid = 'numeric'::regtype) ORDER BY t, a.attnum";

constexpr const char* kNamesThatDifferInCase =
    "SELECT c.relname AS t, min(a.attname::text) AS a, max(a.attname::text) AS b FROM "
    "pg_catalog.pg_attribute a "
    "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND a.attnum > 0 AND NOT "
    "a.attisdropped "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
    "GROUP BY c.oid, c.relname, lower(a.attname) HAVING count(*) > 1 ORDER BY 1, 2 LIMIT 1";

QueryResult ask_postgres(const DuckDatabase& loader, const std::string& alias, const char* sql) {
  return loader.query(fmt::format("SELECT * FROM postgres_query({}, {})", quote_literal(alias),
                                  quote_literal(sql)));
}

/// DuckDB's scanner reads a numeric NaN as 0 and drops digits of a numeric without precision. PostgreSQL
/// itself makes them the nearest float; whole numbers of bounded size stay exact.
void read_numerics_exactly(const DuckDatabase& loader, const std::string& alias,
                           std::vector<SourceTable>& tables) {
  const QueryResult columns = ask_postgres(loader, alias, kNumerics);
  for (int64_t i = 0; i < columns.rows;) {
    const auto cell = [&](size_t column) { return value_text(columns.columns[column], i); };
    const std::string name = cell(0), quoted = cell(1);
    std::string select;
    for (; i < columns.rows && cell(0) == name; ++i) {
      select += fmt::format("{}{} AS {}", select.empty() ? "" : ", ", cell(3), cell(2));
    }
    for (SourceTable& table : tables) {
      if (table.name != name) continue;
      table.relation = fmt::format("postgres_query({}, {})", quote_literal(alias),
                                   quote_literal(fmt::format("SELECT {} FROM {}", select, quoted)));
    }
  }
}

}  // namespace

std::vector<SourceTable> list_postgres(const std::string& url, DuckDatabase& loader,
                                       std::vector<Finding>&) {
  const std::string shown = display_source(url);
  load_extension(loader, "postgres_scanner");
  for (const std::string& password : find_passwords(url)) loader.hide(password);
  const std::string alias = attach(loader, url, "postgres", shown);
  std::vector<SourceTable> tables = list_attached(loader, alias, "public", shown);
  // A partition's rows are read through its parent.
  const QueryResult partitions = loader.query(fmt::format(
      "SELECT s, t FROM postgres_query({}, {})", quote_literal(alias), quote_literal(kPartitions)));
  for (int64_t i = 0; i < partitions.rows; ++i) {
    const std::string schema = value_text(partitions.columns[0], i),
                      name = value_text(partitions.columns[1], i);
    std::erase_if(tables, [&](const SourceTable& table) {
      return table.name == (schema == "public" ? name : schema + "." + name);
    });
  }
  const QueryResult views = ask_postgres(loader, alias, kViews);
  for (int64_t i = 0; i < views.rows; ++i) {
    for (SourceTable& table : tables) table.view |= table.name == value_text(views.columns[0], i);
  }
  const QueryResult twice = ask_postgres(loader, alias, kNamesThatDifferInCase);
  if (twice.rows > 0) {
    fail(ErrorCode::bad_schema, "table '{}': columns '{}' and '{}' differ only in case",
         value_text(twice.columns[0], 0), value_text(twice.columns[1], 0),
         value_text(twice.columns[2], 0));
  }
  read_numerics_exactly(loader, alias, tables);
  CENOTE_CHECK(!tables.empty(), bad_schema, "'{}' has no tables that this user may see", shown);
  apply_catalogue(ask_postgres(loader, alias, kKeys), tables);
  return tables;
}

}  // namespace cenote
