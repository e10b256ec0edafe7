// SPDX-License-Identifier: Apache-2.0
// SQLite: keys from its own pragmas. A SQLite column may hold values of any type whatever it declares; a
// table where that happens is read as texts and every value converted, those that do not fit counted.
#include <algorithm>

#include "base/check.h"
#include "database/canonical.h"
#include "database/catalogue.h"

namespace cenote {
namespace {

constexpr const char* kKeys =
    "SELECT * FROM (SELECT m.name AS t, '' AS k, i.name AS c, '' AS p, '' AS pc, 0 AS id, i.pk AS "
    "place "
    "FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table' AND i.pk > 0 "
    "UNION ALL SELECT m.name, CAST(f.id AS TEXT), f.\"from\", f.\"table\", coalesce(f.\"to\", ''), "
    "f.id + 1, f.seq "
    "FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table') ORDER BY t, "
    "id, place";

/// How many values of each storage class a column has.
struct Classes {
  int64_t integers = 0, reals = 0, texts = 0, blobs = 0, no_times = 0;
};

QueryResult ask_sqlite(const DuckDatabase& loader, const std::string& alias,
                       const std::string& sql) {
  return loader.query(
      fmt::format("SELECT * FROM sqlite_query({}, {})", quote_literal(alias), quote_literal(sql)));
}

std::vector<Classes> count_classes(const DuckDatabase& loader, const std::string& alias,
                                   const std::string& table,
                                   const std::vector<std::string>& columns) {
  std::vector<Classes> out(columns.size());
  constexpr size_t kColumnsPerQuery =
      100;  // SQLite allows 2,000 result columns, few of them at once is as fast
  for (size_t begin = 0; begin < columns.size(); begin += kColumnsPerQuery) {
    const size_t end = std::min(columns.size(), begin + kColumnsPerQuery);
    std::string select;
    for (size_t i = begin; i < end; ++i) {
      const std::string c = quote_identifier(columns[i]);
      for (const char* kind : {"integer", "real", "text", "blob"}) {
        select += fmt::format("{}CAST(total(typeof({}) = '{}') AS INTEGER) AS n{}",
                              select.empty() ? "" : ", ", c, kind, select.size());
      }
      select += fmt::format(
          ", CAST(total(typeof({0}) = 'text' AND datetime({0}) IS NULL) AS INTEGER) AS n{1}", c,
          select.size());
    }
    const QueryResult row = ask_sqlite(
        loader, alias, fmt::format("SELECT {} FROM {}", select, quote_identifier(table)));
    for (size_t i = begin; i < end; ++i) {
      const auto count = [&](size_t k) {
        return int64_t{std::stoll(value_text(row.columns[(i - begin) * 5 + k], 0))};
      };
      out[i] = {count(0), count(1), count(2), count(3), count(4)};
    }
  }
  return out;
}

/// The type to read a column as, given what the scanner would make of its declaration, and how many of
/// its values do not fit.
std::string fitting_type(const std::string& declared, const Classes& n, int64_t& misfits) {
  misfits = 0;
  if (declared == "BIGINT" || declared == "DOUBLE") {
    misfits = n.texts + n.blobs;
    return declared == "BIGINT" && n.reals > 0 ? "DOUBLE" : declared;
  }
  if (declared == "DATE" || declared == "TIMESTAMP") {
    if (n.texts == 0 &&
        n.integers > 0) {  // seconds since 1970, most likely: a number until said otherwise
      misfits = n.blobs + n.reals;
      return "BIGINT";
    }
    misfits = n.integers + n.reals + n.blobs + n.no_times;
    return declared;
  }
  if (declared == "BLOB") {  // also every column without a declared type
    if (n.blobs > 0 || n.integers + n.reals + n.texts == 0) return "BLOB";
    return n.texts > 0 ? "VARCHAR" : n.reals > 0 ? "DOUBLE" : "BIGINT";
  }
  misfits = declared == "VARCHAR" ? n.blobs : 0;
  return declared;
}

/// One column as SQLite hands it over (always a text) and as DuckDB then reads it.
void add_column(const std::string& name, const std::string& type, std::string& inner,
                std::string& outer) {
  const std::string c = quote_identifier(name);
  std::string given = fmt::format("CASE WHEN typeof({0}) <> 'blob' THEN CAST({0} AS TEXT) END", c);
  std::string read = c;
  if (type == "BIGINT") {
    given = fmt::format("CASE WHEN typeof({0}) = 'integer' THEN CAST({0} AS TEXT) END", c);
    read = fmt::format("TRY_CAST({} AS BIGINT)", c);
  } else if (type == "DOUBLE") {
    given = fmt::format(
        "CASE WHEN typeof({0}) IN ('integer', 'real') THEN printf('%!.17g', {0}) END", c);  // exact
    read = fmt::format("TRY_CAST({} AS DOUBLE)", c);
  } else if (type == "DATE" || type == "TIMESTAMP") {
    given = fmt::format("CASE WHEN typeof({0}) = 'text' THEN {0} END", c);
    read = text_as_time(c);
  } else if (type == "BLOB") {
    given = "NULL";
    read = fmt::format("CAST(NULL AS BLOB)");
  }
  inner += fmt::format("{}{} AS {}", inner.empty() ? "" : ", ", given, c);
  outer += fmt::format("{}{} AS {}", outer.empty() ? "" : ", ", read, c);
}

void settle_types(SourceTable& table, const std::string& alias, DuckDatabase& loader,
                  std::vector<Finding>& findings) {
  const QueryResult described = loader.query(
      "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + table.relation + ")");
  std::vector<std::string> names, types;
  for (int64_t i = 0; i < described.rows; ++i) {
    names.push_back(value_text(described.columns[0], i));
    types.push_back(value_text(described.columns[1], i));
  }
  const auto classes = count_classes(loader, alias, table.name, names);
  bool as_declared = true;
  std::string inner, outer;
  for (size_t i = 0; i < names.size(); ++i) {
    int64_t misfits = 0;
    const std::string type = fitting_type(types[i], classes[i], misfits);
    // A view's texts may be numbers, which the scanner refuses.
    as_declared &= type == types[i] && misfits == 0 &&
                   !(type == "VARCHAR" && classes[i].integers + classes[i].reals > 0);
    if (misfits > 0) {
      findings.push_back({"type_mismatch", table.name, names[i],
                          fmt::format("{} value{} not of the declared type {}; read as missing",
                                      misfits, misfits == 1 ? " is" : "s are", type)});
    }
    add_column(names[i], type, inner, outer);
  }
  if (as_declared) return;
  table.relation = fmt::format(
      "(SELECT {} FROM sqlite_query({}, {}))", outer, quote_literal(alias),
      quote_literal(fmt::format("SELECT {} FROM {}", inner, quote_identifier(table.name))));
}

}  // namespace

std::vector<SourceTable> list_sqlite(const std::filesystem::path& file, DuckDatabase& loader,
                                     std::vector<Finding>& findings) {
  load_extension(loader, "sqlite_scanner");
  const std::string alias = attach(loader, file.string(), "sqlite", file.string());
  std::vector<SourceTable> tables = list_attached(loader, alias, "main", file.string());
  std::erase_if(tables, [](const SourceTable& table) { return table.name.starts_with("sqlite_"); });
  CENOTE_CHECK(!tables.empty(), bad_schema, "'{}' has no tables", file.string());
  const QueryResult views =
      ask_sqlite(loader, alias, "SELECT name FROM sqlite_master WHERE type = 'view'");
  for (SourceTable& table : tables) {
    for (int64_t i = 0; i < views.rows; ++i)
      table.view |= table.name == value_text(views.columns[0], i);
    try {
      settle_types(table, alias, loader, findings);
    } catch (const Error& e) {
      fail(e.code(), "cannot read table '{}' of '{}': {}", table.name, file.string(), e.what());
    }
  }
  const QueryResult keys = ask_sqlite(loader, alias, kKeys);
  apply_catalogue(keys, tables);
  return tables;
}

}  // namespace cenote
