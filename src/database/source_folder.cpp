// SPDX-License-Identifier: Apache-2.0
// Folders of CSV or Parquet files, one table each; RelBench v2 keeps keys and time column in the files.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/json_text.h"
#include "database/csv.h"
#include "database/source.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

enum class FileKind { none, parquet, csv };

/// "orders.csv.gz" -> orders, csv.
FileKind file_kind(const fs::path& file, std::string& stem) {
  std::string name = file.filename().string();
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  const auto cut = [&](std::string_view suffix) {
    if (!name.ends_with(suffix) || name.size() == suffix.size()) return false;
    stem = name.substr(0, name.size() - suffix.size());
    return true;
  };
  if (cut(".parquet")) return FileKind::parquet;
  if (cut(".csv") || cut(".tsv")) return FileKind::csv;
  return FileKind::none;
}

/// What RelBench's v2 wrote into a Parquet file: fkey_col_to_pkey_table, pkey_col, time_col, as JSON.
void read_parquet_keys(const fs::path& file, DuckDatabase& loader, SourceTable& table) {
  const QueryResult result =
      loader.query(fmt::format("SELECT decode(key) AS k, decode(value) AS v FROM "
                               "parquet_kv_metadata({}) WHERE "
                               "decode(key) IN ('fkey_col_to_pkey_table', 'pkey_col', 'time_col')",
                               quote_literal(file.string())));
  for (int64_t i = 0; i < result.rows; ++i) {
    const std::string key(result.columns[0].text(i));
    const auto value = parse_json(result.columns[1].text(i),
                                  fmt::format("'{}': its metadata field '{}'", file.string(), key));
    const auto name = [&]() -> std::string {
      if (value.is_null()) return "";
      CENOTE_CHECK(value.is_string(), bad_input, "'{}': its metadata field '{}' is no text",
                   file.string(), key);
      return value.get<std::string>();
    };
    if (key == "pkey_col") {
      const std::string column = name();
      table.primary_key =
          column.empty() ? std::vector<std::string>{} : std::vector<std::string>{column};
    } else if (key == "time_col") {
      table.time_column = name();
    } else {
      CENOTE_CHECK(value.is_object(), bad_input, "'{}': its metadata field '{}' is no JSON object",
                   file.string(), key);
      table.links.emplace();
      for (const auto& [column, parent] : value.items()) {
        CENOTE_CHECK(parent.is_string(), bad_input, "'{}': its metadata field '{}' is malformed",
                     file.string(), key);
        table.links->push_back({{column}, parent.get<std::string>(), {}});
      }
    }
  }
}

/// Of columns that differ only in case DuckDB renames one; nobody would find it under that name.
void refuse_renamed_columns(const fs::path& file, DuckDatabase& loader) {
  const QueryResult renamed =
      loader.query(fmt::format("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet({0})) "
                               "WHERE column_name NOT IN (SELECT name FROM parquet_schema({0}))",
                               quote_literal(file.string())));
  CENOTE_CHECK(renamed.rows == 0, bad_schema, "'{}': two columns differ only in case ('{}')",
               file.string(), value_text(renamed.columns[0], 0));
}

SourceTable read_file_table(const fs::path& file, FileKind kind, const std::string& name,
                            DuckDatabase& loader) {
  SourceTable table;
  table.name = name;
  table.origin = file.string();
  const std::string path = quote_literal(file.string());
  if (kind == FileKind::parquet) {
    table.relation = fmt::format("read_parquet({})", path);
    try {
      refuse_renamed_columns(file, loader);
      read_parquet_keys(file, loader, table);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::bad_input || e.code() == ErrorCode::bad_schema ||
          e.code() == ErrorCode::cancelled)
        throw;
      fail(ErrorCode::database, "cannot read table '{}' from '{}': {}", name, file.string(),
           e.what());
    }
  } else {
    table.relation = csv_relation(file, loader);
    table.untyped = true;
  }
  return table;
}

}  // namespace

std::vector<SourceTable> list_file(const fs::path& file, DuckDatabase& loader) {
  std::string stem;
  const FileKind kind = file_kind(file, stem);
  CENOTE_CHECK(
      kind != FileKind::none, bad_input,
      "'{}' is no database: neither a DuckDB nor a SQLite file, nor named .csv or .parquet",
      file.string());
  return {read_file_table(file, kind, stem, loader)};
}

std::vector<SourceTable> list_folder(const fs::path& folder, DuckDatabase& loader,
                                     std::vector<Finding>& findings) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    if (entry.is_regular_file(ignored)) files.push_back(entry.path());
  }
  CENOTE_CHECK(!error, io, "cannot read the folder '{}': {}", folder.string(), error.message());
  std::sort(files.begin(), files.end());
  std::vector<SourceTable> tables;
  for (const fs::path& file : files) {
    std::string stem;
    const FileKind kind = file_kind(file, stem);
    if (kind == FileKind::none) continue;
    for (const SourceTable& other : tables) {
      CENOTE_CHECK(other.name != stem, bad_schema,
                   "'{}' holds table '{}' twice, as CSV and as Parquet", folder.string(), stem);
    }
    tables.push_back(read_file_table(file, kind, stem, loader));
  }
  CENOTE_CHECK(!tables.empty(), bad_schema, "'{}' holds no CSV or Parquet file", folder.string());
  return tables;
}

}  // namespace cenote
