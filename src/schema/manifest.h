// SPDX-License-Identifier: Apache-2.0
// The manifest of a dataset folder: the format that RelBench (v3) publishes its databases in, and a
// superset of it (docs/formats.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.h"

namespace cenote {

struct ManifestColumn {
  std::string name;
  std::optional<ColumnType> type;
  std::string ignored_because;  // empty: not ignored
};

struct ManifestLink {
  std::vector<std::string> columns;
  std::string references;               // a table
  std::vector<std::string> to_columns;  // empty: its primary key
};

/// What is said of a table. A field that is not there (nullopt) is not declared: the catalogue or
/// inference decides. A field that is null or empty is declared to be none.
struct ManifestTable {
  std::string name;
  std::string source;  // empty: db/<name>.parquet, or the manifest's own source
  std::optional<std::vector<std::string>> primary_key;
  std::optional<std::string> time_column;
  std::vector<std::string> time_links;  // the time is that of the rows these links lead to
  std::vector<std::string> values_of;  // the table is the values of these columns: "ratings.userId"
  std::optional<std::vector<ManifestLink>> links;
  std::vector<ManifestColumn> columns;
};

struct Manifest {
  std::string name;
  std::string description;
  std::string source;  // empty: the folder's db/
  std::optional<int64_t> val_timestamp;
  std::optional<int64_t> test_timestamp;
  std::vector<ManifestTable> tables;        // in document order; empty: every table of the source
  std::vector<std::string> unknown_fields;  // of the top level: read past, with a warning

  const ManifestTable* find_table(std::string_view table) const;
};

/// Errors    io, not_found; bad_input naming file and field.
Manifest read_manifest(const std::filesystem::path& path);
Manifest parse_manifest(std::string_view text, const std::string& file);

/// A schema as a manifest to edit: what was inferred carries its reason as a comment. Reading it back
/// gives the same tables, keys, links, time columns and column types.
std::string write_manifest(const Schema& schema);

}  // namespace cenote
