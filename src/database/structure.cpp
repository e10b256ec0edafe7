// SPDX-License-Identifier: Apache-2.0
#include "database/structure.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/lower.h"
#include "database/infer.h"
#include "database/keys.h"
#include "database/row_times.h"
#include "database/value_table.h"

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
  for (const SourceTable& declared : source.tables) {
    if (!declared.values_of.empty()) continue;
    Table& table = schema.tables[static_cast<size_t>(schema.find_table(declared.name))];
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

void warn_unusable(const std::string& table, const std::string& column, const Error& e,
                   const Stage& stage) {
  stage.warn("foreign_key_unusable", table, column,
             fmt::format("its foreign key is left out: {}", e.what()));
}

/// SQL ignores case in names, and SQLite's foreign keys spell them as they like.
void spell_columns(const Schema& schema, const std::string& table,
                   std::vector<std::string>& names) {
  const int64_t at = schema.find_table(table);
  if (at < 0) return;
  for (std::string& name : names) {
    for (const Column& column : schema.tables[static_cast<size_t>(at)].columns) {
      if (to_lower(column.name) == to_lower(name)) name = column.name;
    }
  }
}

void add_catalogue_link(const SourceTable& table, ManifestLink link, Schema& schema,
                        const Stage& stage) {
  spell_columns(schema, table.name, link.columns);
  spell_columns(schema, link.references, link.to_columns);
  try {
    schema.links.push_back(resolve_link(table, link, schema));
  } catch (const Error& e) {
    if (e.code() != ErrorCode::bad_schema) throw;
    warn_unusable(table.name, link.columns.front(), e, stage);
  }
}

/// Links of a table that declares none are guessed, unless the catalogue declares links elsewhere: a
/// database that has foreign keys has all of them.
void settle_links(const Source& source, Schema& schema, const Stage& stage) {
  bool catalogue_has_links = false;
  for (const SourceTable& table : source.tables) {
    if (!table.links) continue;
    const bool by_catalogue = table.link_evidence == Evidence::catalogue;
    catalogue_has_links |= by_catalogue && !table.links->empty();
    for (const ManifestLink& link : *table.links) {
      if (by_catalogue) {
        add_catalogue_link(table, link, schema, stage);
      } else {
        Link resolved = resolve_link(table, link, schema);
        // A table of values brings its links along.
        std::erase_if(schema.links, [&](const Link& other) {
          return other.name() == resolved.name() && other.to_table == resolved.to_table &&
                 !schema.table(other.to_table).values_of.empty();
        });
        schema.links.push_back(std::move(resolved));
      }
    }
  }
  std::vector<std::string> open;
  for (const SourceTable& table : source.tables) {
    if (table.links || catalogue_has_links || !table.values_of.empty()) continue;
    open.push_back(table.name);
    for (Link& link : infer_links(schema.table(table.name), schema, stage))
      schema.links.push_back(std::move(link));
  }
  if (!source.tables_listed) add_implied_values(open, schema, stage);
  std::sort(schema.links.begin(), schema.links.end(), link_order);
  std::sort(schema.tables.begin(), schema.tables.end(),
            [](const Table& a, const Table& b) { return a.name < b.name; });
}

/// Checks links against the rows. Of a catalogue, which need not be true (SQLite does not enforce it), what cannot be
/// used is left out with a warning; of two links of one column the one that more rows match stays.
void check_links(Schema& schema, const Stage& stage) {
  std::vector<Link> kept;
  for (Link& link : schema.links) {
    const bool by_catalogue = link.evidence == Evidence::catalogue;
    try {
      check_link(link, schema, stage);
    } catch (const Error& e) {
      if (!by_catalogue || e.code() != ErrorCode::bad_schema) throw;
      warn_unusable(link.from_table, link.from_columns.front(), e, stage);
      continue;
    }
    if (kept.empty() || kept.back().name() != link.name()) {
      kept.push_back(std::move(link));
      continue;
    }
    Link& other = kept.back();
    CENOTE_CHECK(by_catalogue, bad_schema,
                 "two links from the same column: {} references '{}' and '{}'", link.name(),
                 other.to_table, link.to_table);
    const bool better = link.matched_fraction > other.matched_fraction;
    const Link& dropped = better ? other : link;
    if (other.to_table != link.to_table || other.to_columns != link.to_columns) {
      stage.warn("foreign_key_unusable", link.from_table, link.from_columns.front(),
                 fmt::format("a column can refer to one table: the foreign key to '{}' is left out",
                             dropped.to_table));
    }
    if (better) other = std::move(link);
  }
  schema.links = std::move(kept);
}

}  // namespace

void build_structure(const Source& source, const std::string& on_duplicate_key, Schema& schema,
                     const Stage& stage) {
  settle_tables(source, schema, stage);
  add_declared_values(source, schema, stage);
  settle_links(source, schema, stage);
  unify_key_types(schema, stage);
  for (Table& table : schema.tables) check_primary_key(table, on_duplicate_key, stage);
  check_links(schema, stage);
  settle_row_times(source, schema, stage);
  for (const Link& link : schema.links) {
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
