// SPDX-License-Identifier: Apache-2.0
// DuckDB's C API with owners, our column type and our errors. Nothing outside this folder sees DuckDB.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "database/snapshot.h"  // QueryResult

struct _duckdb_database;
struct _duckdb_connection;

namespace cenote {

/// An open DuckDB file, or one in memory.
///
/// Errors    database with DuckDB's message; secrets given to hide() never appear in one.
/// Threads   one call at a time.
/// Ownership owns database and connection; both are closed by the destructor.
class DuckDatabase {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  /// `path` empty: in memory. Settings are DuckDB's, given when it opens.
  DuckDatabase(const std::filesystem::path& path, const Settings& settings);
  ~DuckDatabase();
  DuckDatabase(DuckDatabase&& other) noexcept;
  DuckDatabase& operator=(DuckDatabase&& other) noexcept;

  /// Another connection to the same database, for calls on another thread. REQUIRES this one to outlive it.
  DuckDatabase connect_again() const;

  /// A text that must not appear in a message (a password).
  void hide(const std::string& secret);
  /// `text` without what must not appear.
  std::string redact(std::string text) const;

  /// `cancelled` is asked while a statement runs, and before every piece of a result; once it says true, a call
  /// fails with `cancelled`. It may be empty, and must be callable as long as calls are made.
  void ask(std::function<bool()> cancelled);

  /// Runs one statement for its effect.
  void execute(const std::string& sql) const;
  /// Runs one statement and holds its result. Types that have no canonical form are an error.
  QueryResult query(const std::string& sql) const;
  /// The only value of the only row. REQUIRES a query of one column that gives at least one row.
  std::string text(const std::string& sql) const;
  int64_t integer(const std::string& sql) const;
  /// Appends rows to a table whose columns have the same types in the same order.
  void append(const std::string& table, const QueryResult& rows) const;
  /// As query(), for SQL from a user: refuses (bad_input) anything but one SELECT.
  QueryResult select_only(const std::string& sql) const;

 private:
  DuckDatabase() = default;
  [[noreturn]] void raise(int type, const char* message) const;

  // Null where connect_again() made this: the database belongs to the other one.
  struct _duckdb_database* database_ = nullptr;
  struct _duckdb_connection* connection_ = nullptr;
  std::vector<std::string> secrets_;
  std::function<bool()> cancelled_;
};

}  // namespace cenote
