// SPDX-License-Identifier: Apache-2.0
#include "database/structure.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "database/infer.h"
#include "database/keys.h"

namespace cenote {
namespace {

void set_primary_key(Table& table, const std::vector<std::string>& key) {
  for (const std::string& name : key) {
    if (const int64_t position = table.find_column(name); position >= 0) {
      const Column& column = table.columns[static_cast<size_t>(position)];
      CENOTE_CHECK(is_readable(column), bad_schema, "table '{}': '{}' cannot be a key: {}",
                   table.name, name, column.reason);
      continue;
    }
    std::vector<std::string> names;
    for (const Column& column : table.columns) names.push_back(column.name);
    fail(ErrorCode::bad_schema, "table '{}' has no column '{}', which its primary key names; {}",
         table.name, name, choices_hint(name, names));
  }
  table.primary_key = key;
}

void mark_key(Table& table, const std::string& name, Evidence evidence, double confidence,
              const std::string& reason) {
  Column& column = table.columns[static_cast<size_t>(table.find_column(name))];
  if (name == table.time_column || column.type == ColumnType::key) return;
  column.type = ColumnType::key;
  column.evidence = evidence;
  column.confidence = confidence;
  column.reason = reason;
}

bool link_order(const Link& a, const Link& b) {
  return std::tie(a.from_table, a.from_columns, a.to_table) <
         std::tie(b.from_table, b.from_columns, b.to_table);
}

/// Declared keys and time columns, and guesses where nothing is declared. Time columns come first: a key
/// is not guessed among them.
void settle_tables(const Source& source, Schema& schema, const Stage& stage) {
  for (size_t i = 0; i < schema.tables.size(); ++i) {
    const SourceTable& declared = source.tables[i];
    Table& table = schema.tables[i];
    if (declared.primary_key) set_primary_key(table, *declared.primary_key);
    if (declared.time_column) {
      settle_time_column(table, *declared.time_column, declared.time_evidence, stage);
    } else if (const KeyGuess guess = infer_time_column(table, stage); !guess.column.empty()) {
      settle_time_column(table, guess.column, Evidence::inferred, stage);
      Column& column = table.columns[static_cast<size_t>(table.find_column(guess.column))];
      column.confidence = guess.confidence;
      column.reason = guess.reason;
    }
    settle_values(table, stage);
    if (declared.primary_key) {
      for (const std::string& name : table.primary_key)
        mark_key(table, name, declared.key_evidence, 1, "primary key");
    } else if (const KeyGuess guess = infer_primary_key(table, stage); !guess.column.empty()) {
      table.primary_key = {guess.column};
      mark_key(table, guess.column, Evidence::inferred, guess.confidence, guess.reason);
    }
  }
}

/// Links of a table that declares none are guessed, unless the catalogue declares links elsewhere: a
/// database that has foreign keys has all of them.
void settle_links(const Source& source, Schema& schema, const Stage& stage) {
  bool catalogue_has_links = false;
  for (const SourceTable& table : source.tables) {
    if (!table.links) continue;
    catalogue_has_links |= table.link_evidence == Evidence::catalogue && !table.links->empty();
    for (const ManifestLink& link : *table.links)
      schema.links.push_back(resolve_link(table, link, schema));
  }
  for (const SourceTable& table : source.tables) {
    if (table.links || catalogue_has_links) continue;
    for (Link& link : infer_links(schema.table(table.name), schema, stage))
      schema.links.push_back(std::move(link));
  }
  std::sort(schema.links.begin(), schema.links.end(), link_order);
  for (size_t i = 1; i < schema.links.size(); ++i) {
    CENOTE_CHECK(schema.links[i].name() != schema.links[i - 1].name(), bad_schema,
                 "two links from the same column: {} references '{}' and '{}'",
                 schema.links[i].name(), schema.links[i - 1].to_table, schema.links[i].to_table);
  }
}

}  // namespace

void build_structure(const Source& source, const std::string& on_duplicate_key, Schema& schema,
                     const Stage& stage) {
  settle_tables(source, schema, stage);
  settle_links(source, schema, stage);
  unify_key_types(schema, stage);
  for (Table& table : schema.tables) check_primary_key(table, on_duplicate_key, stage);
  for (Link& link : schema.links) {
    check_link(link, schema, stage);
    Table& child = schema.tables[static_cast<size_t>(schema.find_table(link.from_table))];
    for (const std::string& name : link.from_columns) {
      mark_key(child, name, link.evidence, link.confidence,
               fmt::format("refers to {}", link.to_table));
    }
    Table& parent = schema.tables[static_cast<size_t>(schema.find_table(link.to_table))];
    for (const std::string& name : link.to_columns) {
      mark_key(parent, name, link.evidence, link.confidence,
               fmt::format("referred to by {}", link.from_table));
    }
  }
  for (const Table& table : schema.tables) {
    if (table.primary_key.empty()) {
      stage.warn("no_primary_key", table.name, "",
                 "no primary key, so nothing can refer to its rows");
    }
    if (table.time_column.empty()) {
      stage.warn(
          "static_table", table.name, "",
          "static (no time column): rows count as always known and may hold later knowledge");
    }
  }
}

}  // namespace cenote
