// SPDX-License-Identifier: Apache-2.0
// What a database is: tables, columns, keys, links, time columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cenote {

/// How values are held: five canonical types, whatever the source's own types were.
enum class StorageType { int64, float64, utf8, boolean, time };

/// What values mean to a model.
enum class ColumnType { number, category, text, timestamp, boolean, key, ignored };

/// Where a statement about the schema comes from; `confidence` in [0, 1] goes with `inferred`.
enum class Evidence { manifest, catalogue, inferred };

std::string_view to_string(StorageType type);
std::string_view to_string(ColumnType type);
std::string_view to_string(Evidence evidence);
/// Errors    bad_input, listing the types there are.
ColumnType parse_column_type(std::string_view text);

struct Column {
  std::string name;
  StorageType storage = StorageType::utf8;
  ColumnType type = ColumnType::ignored;
  std::string database_type;  // as the source calls it, "DECIMAL(10,2)"
  Evidence evidence = Evidence::inferred;
  double confidence = 1;
  std::string reason;  // "12 distinct values in 20,323 rows", or why it is ignored
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> primary_key;  // empty: rows have no name of their own
  std::string time_column;               // empty: static, always visible
  int64_t rows = 0;
  std::vector<std::string> time_links =
      {};  // "InvoiceId": the time is that of the rows these lead to
  std::vector<std::string> values_of =
      {};  // "ratings.userId": no table of the source, but their values

  /// Position of a column, or -1.
  int64_t find_column(std::string_view column) const;
};

/// A reference of child rows (`from`) to parent rows (`to`), column by column.
struct Link {
  std::string from_table;
  std::vector<std::string> from_columns;
  std::string to_table;
  std::vector<std::string> to_columns;
  Evidence evidence = Evidence::inferred;
  double confidence = 1;
  std::string reason;
  double matched_fraction = 1;  // of the references that are not null

  /// "results.driverId": what users and random keys call it; unique in a schema.
  std::string name() const;
};

/// A checked schema: names are unique, every key, link and time column exists.
struct Schema {
  std::string name;
  std::string description;
  std::vector<Table> tables;             // in name order
  std::vector<Link> links;               // in order of (from_table, from_columns, to_table)
  std::optional<int64_t> val_timestamp;  // microseconds
  std::optional<int64_t> test_timestamp;

  /// Position of a table, or -1.
  int64_t find_table(std::string_view table) const;
  /// Errors    not_found, listing the tables.
  const Table& table(std::string_view table) const;
  std::vector<std::string> table_names() const;
};

}  // namespace cenote
