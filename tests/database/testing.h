// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/files.h"
#include "database/duckdb.h"
#include "database/snapshot.h"
#include "support/error_of.h"

namespace cenote {

/// A DuckDB file in a temporary folder, made by statements.
class TestDatabase {
 public:
  explicit TestDatabase(std::initializer_list<const char*> statements = {}) {
    DuckDatabase duck(file(), {});
    for (const char* statement : statements) duck.execute(statement);
  }
  std::filesystem::path folder() const { return folder_.path(); }
  std::filesystem::path file() const { return folder_.path() / "test.duckdb"; }

  /// Writes a manifest that is used instead of the catalogue.
  TestDatabase& manifest(const std::string& text) {
    write_file_atomically(folder() / "m.yaml", text);
    has_manifest_ = true;
    return *this;
  }
  SourceOptions options(const std::string& on_duplicate_key = "error") const {
    SourceOptions out;
    out.source = file().string();
    if (has_manifest_) out.manifest = (folder() / "m.yaml").string();
    out.on_duplicate_key = on_duplicate_key;
    return out;
  }
  Snapshot open(const std::string& on_duplicate_key = "error") const {
    return Snapshot::open(options(on_duplicate_key), {});
  }
  std::string open_error() const {
    return error_of([&] { open(); });
  }

 private:
  TemporaryFolder folder_{"cenote-test"};
  bool has_manifest_ = false;
};

/// "code table.column: message" of the findings with a code.
inline std::vector<std::string> findings(const Snapshot& snapshot, const std::string& code) {
  std::vector<std::string> out;
  for (const Finding& finding : snapshot.findings()) {
    if (finding.code == code)
      out.push_back(finding.table + "." + finding.column + ": " + finding.message);
  }
  return out;
}

/// A column's values as texts, "null" where there is none.
inline std::vector<std::string> values(const Snapshot& snapshot, const std::string& table,
                                       const std::string& column) {
  const ColumnData data = snapshot.read_columns(table, {column})[0];
  std::vector<std::string> out;
  for (int64_t i = 0; i < data.size(); ++i)
    out.push_back(data.is_valid(i) ? value_text(data, i) : "null");
  return out;
}

}  // namespace cenote
