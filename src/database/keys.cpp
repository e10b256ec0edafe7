// SPDX-License-Identifier: Apache-2.0
#include "database/keys.h"

#include <algorithm>

#include "base/check.h"

namespace cenote {
namespace {

Table& table_of(Schema& schema, const std::string& name) {
  return schema.tables[static_cast<size_t>(schema.find_table(name))];
}

Column& column_of(Table& table, const std::string& name) {
  return table.columns[static_cast<size_t>(table.find_column(name))];
}

std::string quoted_list(const std::vector<std::string>& names, const std::string& prefix = "") {
  std::string out;
  for (const std::string& name : names)
    out += (out.empty() ? "" : ", ") + prefix + quote_identifier(name);
  return out;
}

std::string not_null(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names)
    out += (out.empty() ? "" : " AND ") + quote_identifier(name) + " IS NOT NULL";
  return out;
}

/// "raceId = 7, driverId = 3" of a row of a result.
std::string key_text(const std::vector<std::string>& names, const QueryResult& result,
                     int64_t row) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    out +=
        fmt::format("{}{} = {}", i == 0 ? "" : ", ", names[i], value_text(result.columns[i], row));
  }
  return out;
}

std::string percent(int64_t part, int64_t whole) {
  return fmt::format(
      "{:.1f} %",
      whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// A key stored as float (pandas does so to whole numbers with gaps) is an integer if every value is whole.
void make_whole(Table& table, Column& column, const Stage& stage) {
  if (column.storage != StorageType::float64) return;
  const std::string name = quote_identifier(column.name);
  const std::string whole =
      fmt::format("isfinite({0}) AND {0} = trunc({0}) AND abs({0}) < 9007199254740992", name);
  const int64_t broken = stage.loader.integer(
      fmt::format("SELECT count(*) FROM main.{} WHERE {} IS NOT NULL AND NOT ({})",
                  quote_identifier(table.name), name, whole));
  if (broken == 0)
    convert_column(table, column.name, StorageType::int64, fmt::format("CAST({} AS BIGINT)", name),
                   stage);
}

/// Turns a referring column into the type of what it refers to. True if it changed.
bool convert_reference(Table& table, Column& column, StorageType wanted, const Link& link,
                       const Stage& stage) {
  if (column.storage == wanted) return false;
  const std::string name = quote_identifier(column.name);
  std::string expression;
  if (column.storage == StorageType::utf8 && wanted == StorageType::int64) {
    expression = fmt::format(
        "CASE WHEN regexp_full_match(trim({0}), '[+-]?[0-9]+') THEN TRY_CAST(trim({0}) AS BIGINT) "
        "END",
        name);
  } else if (column.storage == StorageType::int64 && wanted == StorageType::utf8) {
    expression = fmt::format("CAST({} AS VARCHAR)", name);
  } else if (column.storage == StorageType::float64 && wanted == StorageType::int64) {
    expression = fmt::format("CASE WHEN {0} = trunc({0}) THEN TRY_CAST({0} AS BIGINT) END", name);
  } else if (column.storage == StorageType::int64 && wanted == StorageType::float64) {
    expression = fmt::format("CAST({} AS DOUBLE)", name);
  }
  CENOTE_CHECK(!expression.empty(), bad_schema,
               "link {}: '{}.{}' holds {} but '{}' is referred to by {}", link.name(), table.name,
               column.name, to_string(column.storage), link.to_table, to_string(wanted));
  const std::string bad = fmt::format("{} IS NOT NULL AND ({}) IS NULL", name, expression);
  const int64_t count = stage.loader.integer(
      fmt::format("SELECT count(*) FROM main.{} WHERE {}", quote_identifier(table.name), bad));
  if (count > 0) {
    const std::string example = stage.loader.text(
        fmt::format("SELECT CAST({} AS VARCHAR) FROM main.{} WHERE {} ORDER BY rowid LIMIT 1", name,
                    quote_identifier(table.name), bad));
    fail(ErrorCode::bad_schema,
         "link {}: '{}.{}' holds {} such as '{}' ({}), but the key of '{}' is {}", link.name(),
         table.name, column.name, column.storage == StorageType::utf8 ? "texts" : "numbers",
         example, describe_row(table, bad, stage), link.to_table, to_string(wanted));
  }
  const bool quiet = column.storage == StorageType::float64 || wanted == StorageType::float64;
  if (!quiet) {
    stage.warn("key_type_cast", table.name, column.name,
               fmt::format("{} values refer to a key of '{}' that is {}; they are converted",
                           to_string(column.storage), link.to_table, to_string(wanted)));
  }
  convert_column(table, column.name, wanted, expression, stage);
  return true;
}

}  // namespace

std::string equal_keys(const Link& link, const std::string& child, const std::string& parent) {
  std::string out;
  for (size_t i = 0; i < link.from_columns.size(); ++i) {
    out += fmt::format("{}{}.{} = {}.{}", i == 0 ? "" : " AND ", child,
                       quote_identifier(link.from_columns[i]), parent,
                       quote_identifier(link.to_columns[i]));
  }
  return out;
}

Link resolve_link(const SourceTable& source, const ManifestLink& declared, const Schema& schema) {
  Link link;
  link.from_table = source.name;
  link.from_columns = declared.columns;
  link.to_table = declared.references;
  link.to_columns = declared.to_columns;
  link.evidence = source.link_evidence;
  const Table& from = schema.table(source.name);
  const auto check_columns = [&](const Table& table, const std::vector<std::string>& columns) {
    for (const std::string& name : columns) {
      if (const int64_t position = table.find_column(name); position >= 0) {
        const Column& column = table.columns[static_cast<size_t>(position)];
        CENOTE_CHECK(is_readable(column), bad_schema, "link {}: '{}.{}' cannot be a key: {}",
                     link.name(), table.name, name, column.reason);
        continue;
      }
      std::vector<std::string> names;
      for (const Column& column : table.columns) names.push_back(column.name);
      fail(ErrorCode::bad_schema, "link {}: table '{}' has no column '{}'; {}", link.name(),
           table.name, name, choices_hint(name, names));
    }
  };
  check_columns(from, link.from_columns);
  const int64_t parent = schema.find_table(link.to_table);
  CENOTE_CHECK(parent >= 0, bad_schema, "link {} references a table '{}' that is not there; {}",
               link.name(), link.to_table, choices_hint(link.to_table, schema.table_names()));
  const Table& to = schema.tables[static_cast<size_t>(parent)];
  if (link.to_columns.empty()) link.to_columns = to.primary_key;
  CENOTE_CHECK(
      !link.to_columns.empty(), bad_schema,
      "link {} references table '{}', which has no primary key; name the columns it references",
      link.name(), to.name);
  CENOTE_CHECK(link.to_columns.size() == link.from_columns.size(), bad_schema,
               "link {} has {} column{} but the key of '{}' has {}: {}", link.name(),
               link.from_columns.size(), link.from_columns.size() == 1 ? "" : "s", to.name,
               link.to_columns.size(), join_names(link.to_columns));
  check_columns(to, link.to_columns);
  link.reason = fmt::format("declared by the {}", to_string(link.evidence));
  return link;
}

void unify_key_types(Schema& schema, const Stage& stage) {
  for (Table& table : schema.tables) {
    for (const std::string& name : table.primary_key)
      make_whole(table, column_of(table, name), stage);
  }
  for (const Link& link : schema.links) {
    Table& parent = table_of(schema, link.to_table);
    for (const std::string& name : link.to_columns)
      make_whole(parent, column_of(parent, name), stage);
  }
  // A key may refer on to another one, so conversions are repeated until nothing changes. Each pass
  // settles at least one level of references; a cycle whose types disagree never settles.
  for (size_t pass = 0; pass <= schema.links.size(); ++pass) {
    bool changed = false;
    for (const Link& link : schema.links) {
      Table& child = table_of(schema, link.from_table);
      Table& parent = table_of(schema, link.to_table);
      for (size_t i = 0; i < link.from_columns.size(); ++i) {
        const StorageType wanted = column_of(parent, link.to_columns[i]).storage;
        changed |=
            convert_reference(child, column_of(child, link.from_columns[i]), wanted, link, stage);
      }
    }
    if (!changed) return;
  }
  fail(ErrorCode::bad_schema,
       "the types of the keys contradict each other: a column refers to keys of two types");
}

void check_primary_key(Table& table, const std::string& on_duplicate_key, const Stage& stage) {
  if (table.primary_key.empty() || table.rows == 0) return;
  const std::string name = "main." + quote_identifier(table.name);
  const std::string key = quoted_list(table.primary_key);
  const std::string has_key = not_null(table.primary_key);
  const int64_t without =
      stage.loader.integer(fmt::format("SELECT count(*) FROM {} WHERE NOT ({})", name, has_key));
  if (without > 0) {
    stage.warn("null_key", table.name, table.primary_key.front(),
               fmt::format("{} row{} without primary key: kept, but nothing can refer to {}",
                           without, without == 1 ? "" : "s", without == 1 ? "it" : "them"));
  }
  const QueryResult twice = stage.loader.query(
      fmt::format("SELECT {0}, count(*) AS n, CAST(sum(count(*) - 1) OVER () AS BIGINT) AS extra "
                  "FROM {1} WHERE {2} GROUP BY {0} HAVING count(*) > 1 "
                  "ORDER BY n DESC, {0} LIMIT 1",
                  key, name, has_key));
  if (twice.rows == 0) return;
  const std::string example = key_text(table.primary_key, twice, 0);
  const std::string count = value_text(twice.columns[table.primary_key.size()], 0);
  const int64_t extra = twice.columns[table.primary_key.size() + 1].integers[0];
  CENOTE_CHECK(on_duplicate_key == "first", bad_schema,
               "table '{}': primary key {} is not unique: {} has {} rows, {} row{} too many in "
               "all; correct the data, "
               "declare another key, or keep the first of each with --on-duplicate-key first",
               table.name, join_names(table.primary_key), example, count, extra,
               extra == 1 ? "" : "s");
  std::string order;
  if (!table.time_column.empty()) order = quote_identifier(table.time_column) + " NULLS LAST, ";
  for (const Column& column : table.columns)
    order += quote_identifier(column.name) + " NULLS LAST, ";
  order.resize(order.size() - 2);
  stage.loader.execute(
      fmt::format("CREATE OR REPLACE TABLE {0} AS SELECT * EXCLUDE (cenote_row, "
                  "cenote_rank) FROM (SELECT *, rowid AS cenote_row, "
                  "row_number() OVER (PARTITION BY {1} ORDER BY {2}) AS "
                  "cenote_rank FROM {0}) WHERE cenote_rank = 1 OR NOT ({3}) "
                  "ORDER BY cenote_row",
                  name, key, order, has_key));
  table.rows -= extra;
  stage.warn(
      "duplicate_key", table.name, table.primary_key.front(),
      fmt::format("{} row{} with a primary key seen before, such as {}: dropped; the first of each "
                  "by {}then by the "
                  "values of its columns is kept",
                  extra, extra == 1 ? "" : "s", example,
                  table.time_column.empty() ? "" : fmt::format("time ({}), ", table.time_column)));
}

void check_link(Link& link, const Schema& schema, const Stage& stage) {
  const Table& child = schema.table(link.from_table);
  const Table& parent = schema.table(link.to_table);
  const std::string child_name = "main." + quote_identifier(child.name);
  const std::string parent_name = "main." + quote_identifier(parent.name);
  if (link.to_columns != parent.primary_key) {
    const std::string key = quoted_list(link.to_columns);
    const QueryResult twice =
        stage.loader.query(fmt::format("SELECT {0}, count(*) AS n FROM {1} WHERE {2} GROUP BY {0} "
                                       "HAVING count(*) > 1 ORDER BY n DESC, {0} LIMIT 1",
                                       key, parent_name, not_null(link.to_columns)));
    if (twice.rows > 0) {
      fail(ErrorCode::bad_schema, "link {} references {}({}), which is not unique: {} has {} rows",
           link.name(), parent.name, join_names(link.to_columns),
           key_text(link.to_columns, twice, 0),
           value_text(twice.columns[link.to_columns.size()], 0));
    }
  }
  const std::string equal = equal_keys(link, "c", "p");
  const int64_t references = stage.loader.integer(
      fmt::format("SELECT count(*) FROM {} WHERE {}", child_name, not_null(link.from_columns)));
  const int64_t matched = stage.loader.integer(fmt::format(
      "SELECT count(*) FROM {} AS c SEMI JOIN {} AS p ON {}", child_name, parent_name, equal));
  link.matched_fraction =
      references == 0 ? 1 : static_cast<double>(matched) / static_cast<double>(references);
  if (matched == references) return;
  const QueryResult example = stage.loader.query(fmt::format(
      "SELECT {} FROM {} AS c ANTI JOIN {} AS p ON {} WHERE {} ORDER BY ALL LIMIT 1",
      quoted_list(link.from_columns), child_name, parent_name, equal, not_null(link.from_columns)));
  stage.warn(
      "dangling_reference", child.name, link.from_columns.front(),
      fmt::format(
          "{} of {} references ({}) match no row of '{}', such as {}; they are read as missing",
          references - matched, references, percent(references - matched, references), parent.name,
          key_text(link.from_columns, example, 0)));
}

}  // namespace cenote
