// SPDX-License-Identifier: Apache-2.0
#include "database/value_table.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/lower.h"
#include "schema/likeness.h"

namespace cenote {
namespace {

constexpr int64_t kLeastValues = 20;
constexpr int64_t kLeastRowsEach = 2;  // on average: what occurs once identifies its row
constexpr double kImplied = 0.7;       // how sure a name and repeats make it

using Place = std::pair<const Table*, const Column*>;

/// "ratings.userId" of a manifest.
Place find_place(const std::string& table, const std::string& text, const Schema& schema) {
  for (const Table& candidate : schema.tables) {
    if (!text.starts_with(candidate.name + ".")) continue;
    const int64_t at = candidate.find_column(text.substr(candidate.name.size() + 1));
    if (at < 0) continue;
    const Column& column = candidate.columns[static_cast<size_t>(at)];
    CENOTE_CHECK(is_readable(column), bad_schema, "tables.{}.values_of: '{}' cannot be a key: {}",
                 table, text, column.reason);
    return {&candidate, &column};
  }
  fail(ErrorCode::bad_schema,
       "tables.{}.values_of: there is no column '{}'; write table.column, of the tables {}", table,
       text, join_names(schema.table_names()));
}

/// One row for each value of the places, and a link from each place.
void add_table(const std::string& name, const std::vector<Place>& places, Evidence evidence,
               double confidence, Schema& schema, const Stage& stage) {
  const std::string key = places.front().second->name;
  Table table;
  table.name = name;
  table.primary_key = {key};
  std::string values;
  std::vector<Link> links;
  for (const auto& [from, column] : places) {
    const std::string c = quote_identifier(column->name);
    values += fmt::format("{}SELECT {} AS {} FROM {} WHERE {} IS NOT NULL",
                          values.empty() ? "" : " UNION ", c, quote_identifier(key),
                          staged_name(*from), c);
    table.values_of.push_back(from->name + "." + column->name);
    links.push_back({from->name,
                     {column->name},
                     name,
                     {key},
                     evidence,
                     confidence,
                     "a table of its values",
                     1});
  }
  stage.loader.execute(fmt::format("CREATE TABLE {} AS SELECT DISTINCT * FROM ({}) ORDER BY 1",
                                   staged_name(table), values));
  table.rows = stage.loader.integer("SELECT count(*) FROM " + staged_name(table));
  Column column = *places.front().second;
  column.evidence = evidence;
  column.confidence = confidence;
  column.type = ColumnType::key;
  column.reason = fmt::format("the values of {}", join_names(table.values_of));
  table.columns.push_back(std::move(column));
  schema.tables.push_back(std::move(table));
  schema.links.insert(schema.links.end(), links.begin(), links.end());
}

bool has_link(const Schema& schema, const Table& table, const Column& column) {
  return std::any_of(schema.links.begin(), schema.links.end(), [&](const Link& link) {
    return link.from_table == table.name &&
           std::find(link.from_columns.begin(), link.from_columns.end(), column.name) !=
               link.from_columns.end();
  });
}

/// A readable column of no link that is not the row's own key.
bool may_identify(const Schema& schema, const Table& table, const Column& column) {
  const bool own = std::find(table.primary_key.begin(), table.primary_key.end(), column.name) !=
                   table.primary_key.end();
  const bool key_like = column.storage == StorageType::int64 ||
                        column.storage == StorageType::utf8 ||
                        column.storage == StorageType::float64;
  return !own && key_like && is_readable(column) && column.name != table.time_column &&
         column.evidence != Evidence::manifest && !has_link(schema, table, column);
}

/// Values that identify something else than the row, and that come again.
bool repeats(const Table& table, const Column& column, const Stage& stage) {
  const std::string c = quote_identifier(column.name);
  const QueryResult n = stage.loader.query(
      fmt::format("SELECT count({0}), count(DISTINCT {0}) FROM {1}", c, staged_name(table)));
  return n.columns[1].integers[0] >= kLeastValues &&
         n.columns[0].integers[0] >= kLeastRowsEach * n.columns[1].integers[0];
}

}  // namespace

void add_declared_values(const Source& source, Schema& schema, const Stage& stage) {
  for (const SourceTable& declared : source.tables) {
    if (declared.values_of.empty()) continue;
    CENOTE_CHECK(!declared.time_column || declared.time_column->empty(), bad_schema,
                 "tables.{}: a table of values has no time column of its own; it counts from the "
                 "first row that names each",
                 declared.name);
    std::vector<Place> places;
    for (const std::string& text : declared.values_of)
      places.push_back(find_place(declared.name, text, schema));
    add_table(declared.name, places, Evidence::manifest, 1, schema, stage);
    Table& table = schema.tables.back();
    if (!declared.primary_key || declared.primary_key == table.primary_key) continue;
    CENOTE_CHECK(declared.primary_key->size() == 1, bad_schema,
                 "tables.{}: a table of values has a key of one column", declared.name);
    const std::string& name = declared.primary_key->front();
    stage.loader.execute(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", staged_name(table),
                                     quote_identifier(table.primary_key[0]),
                                     quote_identifier(name)));
    for (Link& link : schema.links) {
      if (link.to_table == table.name) link.to_columns = {name};
    }
    table.primary_key = {name};
    table.columns[0].name = name;
  }
}

void add_implied_values(const std::vector<std::string>& tables, Schema& schema,
                        const Stage& stage) {
  std::map<std::string, std::vector<std::string>> subjects;  // "user": {"ratings.userId"}
  for (const std::string& name : tables) {
    const Table& table = schema.table(name);
    for (const Column& column : table.columns) {
      const std::string subject = identified_subject(column.name);
      if (!subject.empty() && may_identify(schema, table, column))
        subjects[subject].push_back(name + "." + column.name);
    }
  }
  for (const auto& [subject, names] : subjects) {
    const std::vector<std::string> taken = schema.table_names();
    if (std::any_of(taken.begin(), taken.end(),
                    [&](const std::string& name) { return to_lower(name) == subject; }))
      continue;
    std::vector<Place> places;
    bool again = false;
    for (const std::string& name : names) {
      const Place place = find_place(subject, name, schema);
      again |= repeats(*place.first, *place.second, stage);
      if (places.empty() || place.second->storage == places.front().second->storage)
        places.push_back(place);
    }
    if (again) add_table(subject, places, Evidence::inferred, kImplied, schema, stage);
  }
}

}  // namespace cenote
