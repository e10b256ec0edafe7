// SPDX-License-Identifier: Apache-2.0
#include "database/stage.h"

#include <algorithm>

#include "base/check.h"
#include "base/lower.h"
#include "base/time.h"
#include "database/canonical.h"
#include "database/csv.h"
#include "database/declared.h"
#include "database/numeric_time.h"
#include "database/untyped.h"

namespace cenote {
namespace {

const ManifestColumn* declared_column(const SourceTable& source, const std::string& name) {
  for (const ManifestColumn& column : source.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

/// Wide integers keep 64 bits if every value fits; keys that do not fit become texts, numbers floats.
void fit_wide_integer(const SourceTable& source, Column& column, Canonical& form,
                      const Stage& stage) {
  const std::string name = quote_identifier(column.name);
  const bool fits =
      stage.loader.text(fmt::format("SELECT coalesce(bool_and(TRY_CAST({} AS BIGINT) IS NOT NULL), "
                                    "true) FROM {} WHERE {} IS NOT NULL",
                                    name, source.relation, name)) == "true";
  if (fits) return;
  form.storage = is_declared_key(source, column.name) ? StorageType::utf8 : StorageType::float64;
  form.expression = fmt::format("CAST({} AS {})", name, duckdb_type_name(form.storage));
}

/// Names are compared as SQL does, ignoring case; two that differ only in case cannot both be meant.
void check_names(const SourceTable& source, const QueryResult& described) {
  std::vector<std::string> seen;
  for (int64_t i = 0; i < described.rows; ++i) {
    const std::string name = value_text(described.columns[0], i);
    CENOTE_CHECK(!name.empty() && name.find('\0') == std::string::npos, bad_schema,
                 "table '{}': column {} has no usable name", source.name, i + 1);
    for (const std::string& other : seen) {
      CENOTE_CHECK(to_lower(other) != to_lower(name), bad_schema,
                   "table '{}': columns '{}' and '{}' differ only in case", source.name, other,
                   name);
    }
    seen.push_back(name);
  }
  for (const ManifestColumn& column : source.columns) {
    CENOTE_CHECK(std::find(seen.begin(), seen.end(), column.name) != seen.end(), bad_schema,
                 "table '{}' has no column '{}', for which the manifest gives a type; {}",
                 source.name, column.name, choices_hint(column.name, seen));
  }
}

}  // namespace

Table copy_table(const SourceTable& source, const Stage& stage) {
  Table table;
  table.name = source.name;
  const auto named = [&](const Error& e) {
    if (e.code() == ErrorCode::cancelled) throw e;
    fail(source.untyped ? ErrorCode::bad_input : e.code(), "cannot read table '{}' from '{}': {}",
         source.name, source.origin,
         source.untyped ? shorten_csv_error(e.what(), source.origin) : e.what());
  };
  std::string relation = source.relation;
  QueryResult described;
  try {
    if (source.untyped) {
      // Texts are staged once as they are: deciding their types and copying are two passes.
      stage.loader.execute(fmt::format(
          "CREATE OR REPLACE TEMP TABLE cenote_texts AS SELECT * FROM {}", source.relation));
      relation = "temp.main.cenote_texts";
    }
    described = stage.loader.query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " +
                                   relation + ")");
  } catch (const Error& e) {
    named(e);
  }
  check_names(source, described);
  std::vector<std::string> names;
  for (int64_t i = 0; i < described.rows; ++i) names.push_back(value_text(described.columns[0], i));
  std::vector<TextType> text_types;
  if (source.untyped) text_types = find_text_types(relation, source.name, names, stage);
  std::string select;
  for (size_t i = 0; i < names.size(); ++i) {
    Column column;
    column.name = names[i];
    column.database_type = value_text(described.columns[1], static_cast<int64_t>(i));
    const std::string name = quote_identifier(column.name);
    Canonical form = canonical_form(column.database_type, name);
    if (source.untyped) {
      column.database_type = text_types[i].database_type;
      form.storage = text_types[i].storage;
      form.expression = text_types[i].expression;
    }
    if (form.may_exceed_int64) fit_wide_integer(source, column, form, stage);
    if (const ManifestColumn* declared = declared_column(source, column.name);
        declared && declared->type) {
      const StorageType found = form.storage;
      apply_declared_type(*declared, source, column, form);
      if (form.storage != found && found == StorageType::utf8)
        count_misfits(source, relation, column, form, stage);
    }
    column.storage = form.storage;
    if (!form.unsupported.empty()) {
      column.type = ColumnType::ignored;
      column.reason = form.unsupported + " is not read";
      column.evidence = Evidence::catalogue;
      stage.warn(
          "type_not_read", source.name, column.name,
          fmt::format("holds {} ({}); it is ignored", form.unsupported, column.database_type));
    }
    select += fmt::format("{}{} AS {}", select.empty() ? "" : ", ", form.expression, name);
    table.columns.push_back(std::move(column));
  }
  CENOTE_CHECK(!table.columns.empty(), bad_schema, "table '{}' has no columns", source.name);
  try {
    stage.loader.execute(fmt::format("CREATE TABLE main.{} AS SELECT {} FROM {}",
                                     quote_identifier(table.name), select, relation));
    if (source.untyped) stage.loader.execute("DROP TABLE temp.main.cenote_texts");
  } catch (const Error& e) {
    named(e);
  }
  table.rows = stage.loader.integer("SELECT count(*) FROM main." + quote_identifier(table.name));
  for (const Column& column : table.columns) {
    if (column.type == ColumnType::timestamp && column.storage == StorageType::int64 &&
        source.time_column != column.name && !is_declared_key(source, column.name))
      convert_declared_numbers(table, column.name, stage);
  }
  return table;
}

std::string staged_name(const Table& table) { return "main." + quote_identifier(table.name); }

bool is_readable(const Column& column) {
  return !(column.type == ColumnType::ignored && column.reason.ends_with("is not read"));
}

std::string describe_row(const Table& table, const std::string& condition, const Stage& stage) {
  std::string columns = "rowid + 1";
  for (const std::string& key : table.primary_key) columns += ", " + quote_identifier(key);
  const QueryResult row =
      stage.loader.query(fmt::format("SELECT {} FROM main.{} WHERE {} ORDER BY rowid LIMIT 1",
                                     columns, quote_identifier(table.name), condition));
  if (row.rows == 0) return "no row";
  std::string out = "row " + value_text(row.columns[0], 0);
  for (size_t i = 0; i < table.primary_key.size(); ++i) {
    out += fmt::format("{}{} = {}", i == 0 ? " (" : ", ", table.primary_key[i],
                       value_text(row.columns[i + 1], 0));
  }
  return out + (table.primary_key.empty() ? "" : ")");
}

void convert_column(Table& table, const std::string& column, StorageType type,
                    const std::string& expression, const Stage& stage) {
  stage.loader.execute(fmt::format("ALTER TABLE main.{} ALTER COLUMN {} SET DATA TYPE {} USING {}",
                                   quote_identifier(table.name), quote_identifier(column),
                                   duckdb_type_name(type), expression));
  table.columns[static_cast<size_t>(table.find_column(column))].storage = type;
}

void settle_time_column(Table& table, const std::string& column_name, Evidence evidence,
                        const Stage& stage) {
  if (column_name.empty()) return;
  const int64_t position = table.find_column(column_name);
  if (position < 0) {
    std::vector<std::string> names;
    for (const Column& column : table.columns) names.push_back(column.name);
    fail(ErrorCode::bad_schema, "table '{}' has no time column '{}'; {}", table.name, column_name,
         choices_hint(column_name, names));
  }
  Column& column = table.columns[static_cast<size_t>(position)];
  const std::string name = quote_identifier(column.name);
  CENOTE_CHECK(column.evidence != Evidence::manifest || column.type != ColumnType::ignored,
               bad_schema, "table '{}': time column '{}' is ignored by the manifest", table.name,
               column.name);
  if (column.storage == StorageType::utf8 && is_readable(column)) {
    const std::string bad =
        fmt::format("{0} IS NOT NULL AND ({1}) IS NULL", name, text_as_time(name));
    const int64_t count = stage.loader.integer(
        fmt::format("SELECT count(*) FROM main.{} WHERE {}", quote_identifier(table.name), bad));
    if (count > 0) {
      const std::string example =
          stage.loader.text(fmt::format("SELECT {} FROM main.{} WHERE {} ORDER BY rowid LIMIT 1",
                                        name, quote_identifier(table.name), bad));
      fail(ErrorCode::bad_input,
           "table '{}': time column '{}' is no time in {}: '{}' ({} such row{})", table.name,
           column.name, describe_row(table, bad, stage), example, count, count == 1 ? "" : "s");
    }
    convert_column(table, column.name, StorageType::time, text_as_time(name), stage);
  } else if (column.storage == StorageType::int64) {
    convert_numbers_to_time(table, column.name, stage);
  }
  CENOTE_CHECK(column.storage == StorageType::time && is_readable(column), bad_schema,
               "table '{}': time column '{}' has type {}; it must be a timestamp, a date, a text "
               "with a time or a "
               "whole number",
               table.name, column.name, column.database_type);
  const std::string infinite = fmt::format("{0} IS NOT NULL AND NOT isfinite({0})", name);
  const int64_t count = stage.loader.integer(
      fmt::format("SELECT count(*) FROM main.{} WHERE {}", quote_identifier(table.name), infinite));
  CENOTE_CHECK(count == 0, bad_input,
               "table '{}': time column '{}' is infinite or does not fit in {} ({} such row{})",
               table.name, column.name, describe_row(table, infinite, stage), count,
               count == 1 ? "" : "s");
  table.time_column = column.name;
  column.type = ColumnType::timestamp;
  column.evidence = evidence;
  if (column.reason.empty()) column.reason = "time column";
  if (column.database_type == "DATE") {
    stage.warn("date_as_time", table.name, column.name,
               "a date: its rows count from midnight, so what happened later that day is visible "
               "from then on");
  }
}

void settle_values(Table& table, const Stage& stage) {
  std::string counts;
  std::vector<Column*> checked;
  for (Column& column : table.columns) {
    const bool real = column.storage == StorageType::float64;
    const bool time = column.storage == StorageType::time && column.name != table.time_column;
    if ((!real && !time) || !is_readable(column)) continue;
    counts += fmt::format("{}CAST(count(*) FILTER (NOT isfinite({})) AS BIGINT)",
                          counts.empty() ? "" : ", ", quote_identifier(column.name));
    checked.push_back(&column);
  }
  if (checked.empty() || table.rows == 0) return;
  const QueryResult result = stage.loader.query(
      fmt::format("SELECT {} FROM main.{}", counts, quote_identifier(table.name)));
  for (size_t i = 0; i < checked.size(); ++i) {
    const int64_t count = result.columns[i].integers[0];
    if (count == 0) continue;
    Column& column = *checked[i];
    convert_column(
        table, column.name, column.storage,
        fmt::format("CASE WHEN isfinite({0}) THEN {0} END", quote_identifier(column.name)), stage);
    stage.warn(column.storage == StorageType::time ? "infinite_time" : "not_a_number", table.name,
               column.name,
               fmt::format("{} value{} {}; read as missing", count, count == 1 ? "" : "s",
                           column.storage == StorageType::time ? "infinite or out of range"
                                                               : "NaN or infinite"));
  }
}

}  // namespace cenote
