// SPDX-License-Identifier: Apache-2.0
// Where tables come from: what a source holds and what it declares, before anything is copied.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/duckdb.h"
#include "schema/manifest.h"

namespace cenote {

/// A table as its source has it. What the source does not declare is nullopt.
struct SourceTable {
  std::string name;
  std::string relation;  // what follows FROM in the loading database
  std::string origin;    // the file or database, as a message shows it
  std::optional<std::vector<std::string>> primary_key;
  std::optional<std::string> time_column;
  std::vector<std::string> time_links;  // where not a column says it: those whose rows do
  std::optional<std::vector<ManifestLink>> links;
  Evidence key_evidence = Evidence::catalogue;  // where primary_key comes from
  Evidence time_evidence = Evidence::catalogue;
  Evidence link_evidence = Evidence::catalogue;
  std::vector<ManifestColumn> columns;  // declared types; may name a part of the columns
  std::vector<std::string> values_of;   // "table.column": nothing to copy, but the values of these
  bool untyped = false;                 // CSV: every value is a text
  bool view = false;
};

struct Source {
  std::filesystem::path folder;  // tasks/ lies in it; empty for databases
  std::string manifest_file;     // for messages; empty without a manifest
  bool tables_listed = false;    // by the manifest
  std::string name;
  std::string description;
  std::optional<int64_t> val_timestamp, test_timestamp;
  std::vector<SourceTable> tables;
  std::vector<Finding> findings;
};

/// Attaches the source to the loading database and lists its tables, with its manifest applied.
/// Errors    not_found, bad_input, unsupported, database; each names the path.
Source open_source(const SourceOptions& options, DuckDatabase& loader);

/// The source as it may be shown: *** for every password of a URL (password.cpp).
std::string display_source(const std::string& source);
/// The source as it may be stored and opened again: a URL without its passwords.
std::string without_password(const std::string& source);
/// The passwords of a URL, in every form in which a message might repeat them.
std::vector<std::string> find_passwords(const std::string& url);

// The sources, one file each (source_<kind>.cpp). `where` is how the user wrote it.
std::vector<SourceTable> list_folder(const std::filesystem::path& folder, DuckDatabase& loader,
                                     std::vector<Finding>& findings);
std::vector<SourceTable> list_file(const std::filesystem::path& file, DuckDatabase& loader);
std::vector<SourceTable> list_duckdb(const std::filesystem::path& file, DuckDatabase& loader);
std::vector<SourceTable> list_sqlite(const std::filesystem::path& file, DuckDatabase& loader,
                                     std::vector<Finding>& findings);
std::vector<SourceTable> list_postgres(const std::string& url, DuckDatabase& loader,
                                       std::vector<Finding>& findings);

/// ATTACHes under a name of its own, read-only, and returns that name. `type` may be empty (DuckDB).
std::string attach(DuckDatabase& loader, const std::string& path, const std::string& type,
                   const std::string& shown);
/// LOADs an extension file. Errors    unsupported, saying where it was looked for and how to get it.
void load_extension(DuckDatabase& loader, const std::string& name);

}  // namespace cenote
