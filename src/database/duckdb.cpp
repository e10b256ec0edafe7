// SPDX-License-Identifier: Apache-2.0
#include "database/duckdb.h"

#include <duckdb.h>

#include <algorithm>

#include "base/check.h"
#include "database/chunk.h"

namespace cenote {
namespace {

/// Owners for the C API's handles, each destroyed once.
struct Prepared {
  duckdb_prepared_statement handle = nullptr;
  ~Prepared() { duckdb_destroy_prepare(&handle); }
};
struct Extracted {
  duckdb_extracted_statements handle = nullptr;
  ~Extracted() { duckdb_destroy_extracted(&handle); }
};
struct Pending {
  duckdb_pending_result handle = nullptr;
  ~Pending() { duckdb_destroy_pending(&handle); }
};
struct Chunk {
  duckdb_data_chunk handle = nullptr;
  ~Chunk() { duckdb_destroy_data_chunk(&handle); }
};
struct Result {
  duckdb_result handle{};
  ~Result() { duckdb_destroy_result(&handle); }
};

/// DuckDB's message as one line, without the echo of the statement that follows "LINE 1:".
std::string one_line(std::string message) {
  if (const size_t echo = message.find("\n\nLINE "); echo != std::string::npos)
    message.resize(echo);
  std::string out;
  for (const char c : message) {
    const bool space = c == '\n' || c == '\r' || c == '\t';
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// The first word of a statement, in small letters, or "(". DuckDB turns some commands (PRAGMA, SHOW) into
/// a SELECT while parsing, so its statement type alone does not tell them.
std::string first_word(std::string_view sql) {
  while (!sql.empty()) {
    if (sql.starts_with("--")) {
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    } else if (sql.starts_with("/*")) {
      const size_t end = sql.find("*/", 2);
      sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
    } else if (sql.front() == ' ' || (sql.front() >= '\t' && sql.front() <= '\r')) {
      sql.remove_prefix(1);
    } else {
      break;
    }
  }
  if (sql.starts_with("(")) return "(";
  std::string word;
  for (const char c : sql) {
    const char small = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (small < 'a' || small > 'z') break;
    word += small;
  }
  return word;
}

}  // namespace

void DuckDatabase::raise(int type, const char* message) const {
  const std::string line = redact(one_line(message == nullptr ? "unknown error" : message));
  switch (type) {
    case DUCKDB_ERROR_INTERRUPT: fail(ErrorCode::cancelled, "cancelled");
    case DUCKDB_ERROR_OUT_OF_MEMORY: fail(ErrorCode::memory, "{}", line);
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_FATAL:
    default: fail(ErrorCode::database, "{}", line);
  }
}

DuckDatabase::DuckDatabase(const std::filesystem::path& path, const Settings& settings) {
  duckdb_config config = nullptr;
  CENOTE_CHECK(duckdb_create_config(&config) == DuckDBSuccess, memory, "no memory for a database");
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config, name.c_str(), value.c_str()) != DuckDBSuccess) {
      duckdb_destroy_config(&config);
      fail(ErrorCode::internal, "DuckDB does not know the setting {} = {}", name, value);
    }
  }
  char* error = nullptr;
  const auto state =
      duckdb_open_ext(path.empty() ? nullptr : path.c_str(), &database_, config, &error);
  duckdb_destroy_config(&config);
  if (state != DuckDBSuccess) {
    const std::string message = one_line(error == nullptr ? "unknown error" : error);
    duckdb_free(error);
    fail(ErrorCode::database, "cannot open '{}': {}", path.string(), message);
  }
  if (duckdb_connect(database_, &connection_) != DuckDBSuccess) {
    duckdb_close(&database_);
    fail(ErrorCode::database, "cannot connect to '{}'", path.string());
  }
}

DuckDatabase::~DuckDatabase() {
  if (connection_ != nullptr) duckdb_disconnect(&connection_);
  if (database_ != nullptr) duckdb_close(&database_);
}

DuckDatabase::DuckDatabase(DuckDatabase&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      connection_(std::exchange(other.connection_, nullptr)),
      secrets_(std::move(other.secrets_)),
      cancelled_(std::move(other.cancelled_)) {}

DuckDatabase& DuckDatabase::operator=(DuckDatabase&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(connection_, other.connection_);
  std::swap(secrets_, other.secrets_);
  std::swap(cancelled_, other.cancelled_);
  return *this;
}

DuckDatabase DuckDatabase::connect_again() const {
  DuckDatabase out;
  if (duckdb_connect(database_, &out.connection_) != DuckDBSuccess)
    fail(ErrorCode::database, "cannot connect to the database once more");
  out.secrets_ = secrets_;
  out.cancelled_ = cancelled_;
  return out;
}

void DuckDatabase::hide(const std::string& secret) {
  if (!secret.empty()) secrets_.push_back(secret);
}

std::string DuckDatabase::redact(std::string text) const {
  for (const std::string& secret : secrets_) {
    for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += 3) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

namespace {

/// Runs a statement in small tasks up to its first rows, so that Ctrl-C is answered in the middle of a large
/// one; whether it was interrupted. The statement must end before it is let go: other threads may be in the
/// middle of it.
bool run_tasks(duckdb_connection connection, duckdb_pending_result pending,
               const std::function<bool()>& cancelled) {
  bool interrupted = false;
  while (cancelled) {
    const auto state = duckdb_pending_execute_task(pending);
    if (state == DUCKDB_PENDING_RESULT_READY || state == DUCKDB_PENDING_ERROR) break;
    if (!interrupted && cancelled()) {
      interrupted = true;
      duckdb_interrupt(connection);
    }
  }
  return interrupted;
}

}  // namespace

void DuckDatabase::ask(std::function<bool()> cancelled) { cancelled_ = std::move(cancelled); }

void DuckDatabase::execute(const std::string& sql) const {
  Prepared statement;
  if (duckdb_prepare(connection_, sql.c_str(), &statement.handle) != DuckDBSuccess) {
    raise(DUCKDB_ERROR_INVALID, duckdb_prepare_error(statement.handle));
  }
  Pending pending;
  if (duckdb_pending_prepared(statement.handle, &pending.handle) != DuckDBSuccess) {
    raise(DUCKDB_ERROR_INVALID, duckdb_pending_error(pending.handle));
  }
  const bool interrupted = run_tasks(connection_, pending.handle, cancelled_);
  Result result;
  if (duckdb_execute_pending(pending.handle, &result.handle) != DuckDBSuccess) {
    CENOTE_CHECK(!interrupted, cancelled, "cancelled");
    raise(duckdb_result_error_type(&result.handle), duckdb_result_error(&result.handle));
  }
}

QueryResult DuckDatabase::query(const std::string& sql) const {
  Prepared statement;
  if (duckdb_prepare(connection_, sql.c_str(), &statement.handle) != DuckDBSuccess) {
    raise(DUCKDB_ERROR_INVALID, duckdb_prepare_error(statement.handle));
  }
  // Streamed: a whole column is held once, in our form, and never in DuckDB's as well.
  Pending pending;
  if (duckdb_pending_prepared_streaming(statement.handle, &pending.handle) != DuckDBSuccess) {
    raise(DUCKDB_ERROR_INVALID, duckdb_pending_error(pending.handle));
  }
  const bool interrupted = run_tasks(connection_, pending.handle, cancelled_);
  Result result;
  if (duckdb_execute_pending(pending.handle, &result.handle) != DuckDBSuccess) {
    CENOTE_CHECK(!interrupted, cancelled, "cancelled");
    raise(duckdb_result_error_type(&result.handle), duckdb_result_error(&result.handle));
  }
  QueryResult out = begin_result(result.handle);
  while (true) {
    CENOTE_CHECK(!cancelled_ || !cancelled_(), cancelled, "cancelled");
    const Chunk chunk{duckdb_fetch_chunk(result.handle)};
    if (chunk.handle == nullptr) {
      // The end and a failure look alike; only the error text tells them apart.
      const char* error = duckdb_result_error(&result.handle);
      if (error != nullptr && *error != '\0')
        raise(duckdb_result_error_type(&result.handle), error);
      break;
    }
    append_chunk(chunk.handle, out);
  }
  return out;
}

std::string DuckDatabase::text(const std::string& sql) const {
  const QueryResult result = query(sql);
  CENOTE_ASSERT(result.columns.size() == 1 && result.rows >= 1);
  return value_text(result.columns[0], 0);
}

int64_t DuckDatabase::integer(const std::string& sql) const {
  const QueryResult result = query(sql);
  CENOTE_ASSERT(result.columns.size() == 1 && result.rows >= 1);
  return static_cast<int64_t>(result.columns[0].number(0));
}

QueryResult DuckDatabase::select_only(const std::string& sql) const {
  Extracted statements;
  const idx_t count = duckdb_extract_statements(connection_, sql.c_str(), &statements.handle);
  if (count == 0) {
    const char* error = duckdb_extract_statements_error(statements.handle);
    CENOTE_CHECK(error != nullptr && *error != '\0', bad_input,
                 "the SQL is empty; write one SELECT");
    raise(DUCKDB_ERROR_PARSER, error);
  }
  CENOTE_CHECK(count == 1, bad_input, "the SQL has {} statements; write one SELECT", count);
  Prepared statement;
  if (duckdb_prepare_extracted_statement(connection_, statements.handle, 0, &statement.handle) !=
      DuckDBSuccess) {
    raise(DUCKDB_ERROR_INVALID, duckdb_prepare_error(statement.handle));
  }
  const std::string word = first_word(sql);
  const bool reads =
      word == "select" || word == "with" || word == "from" || word == "values" || word == "(";
  CENOTE_CHECK(
      reads && duckdb_prepared_statement_type(statement.handle) == DUCKDB_STATEMENT_TYPE_SELECT,
      bad_input, "the SQL is no SELECT; a task may only read the tables");
  CENOTE_CHECK(duckdb_nparams(statement.handle) == 0, bad_input,
               "the SQL has parameters ($1 or ?); nothing fills them");
  return query(sql);
}

}  // namespace cenote
