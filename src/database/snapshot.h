// SPDX-License-Identifier: Apache-2.0
// A snapshot: a private copy of the source's tables in canonical types, and what is known of their schema.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "cenote/source.h"
#include "database/column.h"
#include "schema/schema.h"

namespace cenote {

class ThreadPool;

/// A warning about a source, kept for `inspect`.
struct Finding {
  std::string code;  // "dangling_reference", "static_table", ...
  std::string table;
  std::string column;  // may be empty
  std::string message;
};

/// What is done to the rows of timed tables after a moment: nothing of it may reach a prediction at that moment.
struct FutureChange {
  enum Kind { none, deleted, shuffled, overwritten } kind = none;
  int64_t after = 0;  // microseconds; rows without a time count as later
};

/// A result of a query: named columns of equal length.
struct QueryResult {
  std::vector<std::string> names;
  std::vector<ColumnData> columns;
  int64_t rows = 0;
  /// Position of a column (exact, else ignoring case), or -1.
  int64_t find(std::string_view name) const;
};

/// The tables of a source, copied once into a private DuckDB file.
///
/// The source is attached read-only while the copy is made and then let go; nothing is ever written to
/// it. Queries run in a connection with one thread, without external access and with a locked
/// configuration, so a task's SQL can read the snapshot's tables and nothing else.
/// Ownership  owns its folder and removes it.
/// Threads    one call at a time.
class Snapshot {
 public:
  /// Opens whatever `options.source` is: a dataset folder, a folder of CSV or Parquet files, a .duckdb
  /// file, a SQLite file or a postgres:// URL. Structure (tables, storage types, keys, links, time
  /// columns) is known after this; semantic column types are set by infer_types().
  /// Errors    not_found, bad_input, bad_schema, unsupported, database; each names file, table, column.
  static Snapshot open(const SourceOptions& options, const Hooks& hooks);

  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;
  ~Snapshot();

  const Schema& schema() const;
  /// Where the dataset folder is (tasks/ lies in it), empty for other sources.
  const std::filesystem::path& folder() const;
  /// What was noticed while opening, in a fixed order.
  const std::vector<Finding>& findings() const;

  /// Gives every column without a declared type its semantic type, looking only at rows whose time is
  /// <= `visible_until` (static tables: all rows), so that later rows cannot change a model.
  void infer_types(int64_t visible_until);

  /// Gives the columns that `model` has its types instead, and reads them in its form where nothing is lost: texts
  /// that are times, whole numbers as floats, a column without any value as anything.
  void use_types(const Schema& model);

  /// From now on rows are read as if their future had been another. The snapshot itself stays as it is.
  void change_future(const FutureChange& change);
  /// A table as SQL after FROM: "main"."t", or a query where its future is changed. `database`: within the
  /// definition of a view of the same name, where the table needs its database's name.
  std::string relation(const Table& table, const std::string& database = "") const;

  /// Whole columns of a table in the snapshot's row order (its `rowid`), streamed in chunks; several at a time on
  /// `threads`, if there are any.
  std::vector<ColumnData> read_columns(const std::string& table,
                                       const std::vector<std::string>& columns,
                                       ThreadPool* threads = nullptr) const;

  /// Runs one SELECT in the locked-down connection. `setup` statements (CREATE TEMP ...) made by Cenote
  /// itself run before it, in the same connection, and are undone afterwards.
  /// Errors    database with DuckDB's message; bad_input for anything that is not one SELECT.
  QueryResult query(const std::string& select, const std::vector<std::string>& setup = {}) const;

 private:
  struct State;
  explicit Snapshot(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A name as an SQL identifier: the one place that quotes.
std::string quote_identifier(std::string_view name);
/// A text as an SQL literal.
std::string quote_literal(std::string_view text);

}  // namespace cenote
