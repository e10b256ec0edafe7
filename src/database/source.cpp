// SPDX-License-Identifier: Apache-2.0
#include "database/source.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/check.h"
#include "base/time.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSourcesThereAre =
    "a source is a dataset folder, a folder of CSV or Parquet files, a DuckDB or SQLite file, or a "
    "postgres:// URL";

bool is_postgres(std::string_view source) {
  return source.starts_with("postgres://") || source.starts_with("postgresql://");
}

bool is_manifest_name(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

/// The first bytes of a file say what it is; its name does not.
std::string first_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  CENOTE_CHECK(in.good(), io, "cannot read '{}'", file.string());
  std::string bytes(16, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(in.gcount()));
  return bytes;
}

std::vector<SourceTable> list_tables(const std::string& source, DuckDatabase& loader,
                                     std::vector<Finding>& findings) {
  if (is_postgres(source)) return list_postgres(source, loader, findings);
  CENOTE_CHECK(source.find("://") == std::string::npos, unsupported, "cannot open '{}': {}",
               display_source(source), kSourcesThereAre);
  const fs::path path(source);
  std::error_code error;
  CENOTE_CHECK(fs::exists(path, error), not_found, "there is no '{}'; {}", source,
               kSourcesThereAre);
  if (fs::is_directory(path, error)) {
    const fs::path db = path / "db";
    return list_folder(fs::is_directory(db, error) ? db : path, loader, findings);
  }
  CENOTE_CHECK(fs::is_regular_file(path, error), bad_input, "'{}' is neither a file nor a folder",
               source);
  const std::string bytes = first_bytes(path);
  try {
    if (bytes.starts_with("SQLite format 3")) return list_sqlite(path, loader, findings);
    if (bytes.size() >= 12 && bytes.substr(8, 4) == "DUCK") return list_duckdb(path, loader);
    return list_file(path, loader);
  } catch (const Error& e) {
    // What DuckDB says of a damaged file does not always name it.
    if (std::string_view(e.what()).find(source) != std::string_view::npos) throw;
    fail(e.code(), "cannot open '{}': {}", source, e.what());
  }
}

/// The manifest's tables: their own source, the folder's db/<table>.parquet, or one of `found`.
SourceTable find_table(const ManifestTable& wanted, const Source& source, const fs::path& base,
                       const std::vector<SourceTable>& found, DuckDatabase& loader,
                       std::vector<Finding>& findings) {
  std::vector<SourceTable> own;
  if (!wanted.source.empty()) {
    const bool url = wanted.source.find("://") != std::string::npos;
    own = list_tables(url ? wanted.source : (base / wanted.source).string(), loader, findings);
    // A single file is the table, whatever it is called.
    if (own.size() == 1) own[0].name = wanted.name;
  }
  const auto& candidates = wanted.source.empty() ? found : own;
  std::vector<std::string> names;
  for (const SourceTable& table : candidates) {
    if (table.name == wanted.name) return table;
    names.push_back(table.name);
  }
  fail(ErrorCode::not_found, "{}: tables.{}: the source has no table '{}'; {}",
       source.manifest_file, wanted.name, wanted.name, choices_hint(wanted.name, names));
}

/// A view shows rows of tables again, and may add them up over all time. Those that a manifest lists are
/// read, and those of a database that has nothing else.
std::vector<SourceTable> leave_out_views(std::vector<SourceTable> found,
                                         std::vector<Finding>& findings) {
  const auto is_view = [](const SourceTable& table) { return table.view; };
  if (std::all_of(found.begin(), found.end(), is_view)) return found;
  for (const SourceTable& table : found) {
    if (table.view)
      findings.push_back(
          {"view_left_out", table.name, "",
           "a view: not used, since it may hold what its tables hold later; list it in a manifest "
           "to use it"});
  }
  std::erase_if(found, is_view);
  return found;
}

void apply_manifest(const Manifest& manifest, const fs::path& base, std::vector<SourceTable> found,
                    DuckDatabase& loader, Source& source) {
  source.name = manifest.name;
  source.description = manifest.description;
  source.val_timestamp = manifest.val_timestamp;
  source.test_timestamp = manifest.test_timestamp;
  for (const std::string& field : manifest.unknown_fields) {
    source.findings.push_back(
        {"unknown_field", "", "",
         fmt::format("{}: no field '{}'; it is ignored", source.manifest_file, field)});
  }
  if (manifest.tables.empty()) {
    source.tables = leave_out_views(std::move(found), source.findings);
    return;
  }
  source.tables_listed = true;
  for (const ManifestTable& wanted : manifest.tables) {
    SourceTable table;
    table.name = wanted.name;
    table.origin = source.manifest_file;
    if (wanted.values_of.empty())
      table = find_table(wanted, source, base, found, loader, source.findings);
    table.values_of = wanted.values_of;
    if (wanted.primary_key) {
      table.primary_key = wanted.primary_key;
      table.key_evidence = Evidence::manifest;
    }
    if (wanted.time_column) {
      table.time_column = wanted.time_column;
      table.time_links = wanted.time_links;
      table.time_evidence = Evidence::manifest;
    }
    if (wanted.links) {
      table.links = wanted.links;
      table.link_evidence = Evidence::manifest;
    }
    table.columns = wanted.columns;
    source.tables.push_back(std::move(table));
  }
  for (const SourceTable& table : found) {
    if (!table.view && manifest.find_table(table.name) == nullptr) {
      source.findings.push_back(
          {"table_left_out", table.name, "",
           "the source has this table; the manifest does not list it, so it is not used"});
    }
  }
}

int64_t read_time(const char* option, const std::string& text) {
  try {
    return parse_time(text);
  } catch (const Error& e) {
    fail(ErrorCode::bad_input, "--{}: {}", option, e.what());
  }
}

}  // namespace

Source open_source(const SourceOptions& options, DuckDatabase& loader) {
  Source source;
  CENOTE_CHECK(!options.source.empty(), bad_input, "no source given; {}", kSourcesThereAre);
  fs::path path(options.source);
  std::error_code error;
  fs::path manifest_path;
  if (!is_postgres(options.source)) {
    if (fs::is_directory(path, error)) {
      source.folder = path;
      if (fs::exists(path / "manifest.yaml", error)) manifest_path = path / "manifest.yaml";
    } else if (is_manifest_name(path) && fs::is_regular_file(path, error)) {
      manifest_path = path;
      source.folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    }
  }
  const bool own_manifest = options.manifest.empty();
  if (!own_manifest) manifest_path = options.manifest;
  std::string place = source.folder.empty() ? options.source : source.folder.string();
  Manifest manifest;
  if (!manifest_path.empty()) {
    manifest = read_manifest(manifest_path);
    source.manifest_file = manifest_path.string();
    if (own_manifest && !manifest.source.empty()) {
      const bool url = manifest.source.find("://") != std::string::npos;
      place = url ? manifest.source : (manifest_path.parent_path() / manifest.source).string();
    }
  }
  // A manifest whose every table has a source of its own needs no tables beside it.
  bool all_elsewhere = !manifest.tables.empty();
  for (const ManifestTable& table : manifest.tables)
    all_elsewhere &= !table.source.empty() || !table.values_of.empty();
  std::vector<SourceTable> found;
  if (!all_elsewhere) found = list_tables(place, loader, source.findings);
  if (manifest_path.empty()) {
    source.tables = leave_out_views(std::move(found), source.findings);
  } else {
    apply_manifest(manifest, manifest_path.parent_path(), std::move(found), loader, source);
  }
  if (!options.val_timestamp.empty())
    source.val_timestamp = read_time("val-timestamp", options.val_timestamp);
  if (!options.test_timestamp.empty())
    source.test_timestamp = read_time("test-timestamp", options.test_timestamp);
  CENOTE_CHECK(!source.val_timestamp || !source.test_timestamp ||
                   *source.val_timestamp <= *source.test_timestamp,
               bad_input, "the test would begin {} before validation ({})",
               format_time(*source.test_timestamp), format_time(*source.val_timestamp));
  CENOTE_CHECK(!source.tables.empty(), bad_schema, "'{}' has no tables",
               display_source(options.source));
  if (source.name.empty() && !is_postgres(options.source)) {
    fs::path whole = fs::weakly_canonical(path, error);
    if (!whole.has_filename()) whole = whole.parent_path();  // "shop/"
    source.name = whole.stem().string();
  }
  return source;
}

std::string attach(DuckDatabase& loader, const std::string& path, const std::string& type,
                   const std::string& shown) {
  const int64_t count =
      loader.integer("SELECT count(*) FROM duckdb_databases() WHERE NOT internal");
  const std::string alias = fmt::format("cenote_source_{}", count);
  try {
    loader.execute(fmt::format("ATTACH {} AS {} ({}READ_ONLY)", quote_literal(path), alias,
                               type.empty() ? "" : "TYPE " + type + ", "));
  } catch (const Error& e) {
    fail(e.code(), "cannot open '{}': {}", shown, e.what());
  }
  return alias;
}

void load_extension(DuckDatabase& loader, const std::string& name) {
  const char* folder = std::getenv("CENOTE_EXTENSIONS");
  const fs::path file =
      fs::path(folder != nullptr ? folder : CENOTE_EXTENSION_DIR) / (name + ".duckdb_extension");
  std::error_code error;
  CENOTE_CHECK(
      fs::exists(file, error), unsupported,
      "this source needs DuckDB's extension '{}', which is not at '{}'; run scripts/setup.sh, set "
      "CENOTE_EXTENSIONS to its folder, or copy the source's tables to Parquet or CSV files",
      name, file.string());
  loader.execute("LOAD " + quote_literal(file.string()));
}

}  // namespace cenote
