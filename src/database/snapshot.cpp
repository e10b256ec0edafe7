// SPDX-License-Identifier: Apache-2.0
#include "database/snapshot.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "base/lower.h"
#include "base/threads.h"
#include "database/canonical.h"
#include "database/future.h"
#include "database/keys.h"
#include "database/settings.h"
#include "database/snapshot_folder.h"
#include "database/statistics.h"
#include "database/structure.h"

namespace cenote {

struct Snapshot::State {
  SnapshotFolder files;  // declared first: removed after the database is closed
  DuckDatabase database;
  Schema schema;
  std::filesystem::path folder;
  std::vector<Finding> findings;
  std::set<std::pair<std::string, std::string>>
      text_times;  // columns whose texts are read as times
  std::map<std::pair<std::string, std::string>, std::string> casts;  // columns read in another form
  std::optional<int64_t> types_until;  // what infer_types() saw last, if its types still stand
  FutureChange future;
  std::function<bool()> cancelled;
};

Snapshot::Snapshot(std::unique_ptr<State> state) : state_(std::move(state)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

const Schema& Snapshot::schema() const { return state_->schema; }
const std::filesystem::path& Snapshot::folder() const { return state_->folder; }
const std::vector<Finding>& Snapshot::findings() const { return state_->findings; }

namespace {

void report(const Hooks& hooks, int64_t done, int64_t total) {
  Progress progress;
  progress.phase = "open";
  progress.done = done;
  progress.total = total;
  hooks.report(progress);
}

/// SQL ignores case in names, so two tables that differ only in it cannot both be there.
void check_table_names(const std::vector<SourceTable>& tables) {
  std::vector<std::pair<std::string, std::string>> seen;
  for (const SourceTable& table : tables) {
    CENOTE_CHECK(!table.name.empty() && table.name.find('\0') == std::string::npos, bad_schema,
                 "a table has no usable name");
    seen.emplace_back(to_lower(table.name), table.name);
  }
  std::sort(seen.begin(), seen.end());
  for (size_t i = 1; i < seen.size(); ++i) {
    CENOTE_CHECK(seen[i].second != seen[i - 1].second, bad_schema, "two tables are called '{}'",
                 seen[i].second);
    CENOTE_CHECK(seen[i].first != seen[i - 1].first, bad_schema,
                 "tables '{}' and '{}' differ only in case", seen[i - 1].second, seen[i].second);
  }
}

}  // namespace

Snapshot Snapshot::open(const SourceOptions& options, const Hooks& hooks) {
  CENOTE_CHECK(options.on_duplicate_key == "error" || options.on_duplicate_key == "first",
               bad_input, "on_duplicate_key must be 'error' or 'first', got '{}'",
               options.on_duplicate_key);
  SnapshotFolder files;
  Schema schema;
  Source source;
  std::vector<Finding> findings;
  {
    DuckDatabase loader = open_loader(files.file(), files.spill());
    loader.ask(hooks.cancelled);
    const Stage stage{loader, findings};
    // One transaction from the first look to the last row: a database that others write to is seen as it
    // was at one moment. (Statements that read SQLite must be prepared inside one, too.)
    loader.execute("BEGIN TRANSACTION");
    source = open_source(options, loader);
    findings = source.findings;
    std::sort(source.tables.begin(), source.tables.end(),
              [](const SourceTable& a, const SourceTable& b) { return a.name < b.name; });
    check_table_names(source.tables);
    for (const SourceTable& table : source.tables) {
      if (!table.values_of.empty()) continue;
      CENOTE_CHECK(!hooks.is_cancelled(), cancelled, "cancelled");
      report(hooks, static_cast<int64_t>(schema.tables.size()),
             static_cast<int64_t>(source.tables.size()));
      schema.tables.push_back(copy_table(table, stage));
    }
    loader.execute("COMMIT");
    build_structure(source, options.on_duplicate_key, schema, stage);
    report(hooks, static_cast<int64_t>(schema.tables.size()),
           static_cast<int64_t>(source.tables.size()));
    loader.execute("CHECKPOINT");
  }
  schema.name = source.name;
  schema.description = source.description;
  schema.val_timestamp = source.val_timestamp;
  schema.test_timestamp = source.test_timestamp;
  DuckDatabase locked = open_locked(files.file(), files.spill());
  locked.ask(hooks.cancelled);
  for (const Finding& finding : findings) {
    const std::string place = finding.table.empty() ? ""
                              : finding.column.empty()
                                  ? finding.table + ": "
                                  : finding.table + "." + finding.column + ": ";
    hooks.warn(finding.code, place + finding.message);
  }
  return Snapshot(std::make_unique<State>(State{std::move(files),
                                                std::move(locked),
                                                std::move(schema),
                                                std::move(source.folder),
                                                std::move(findings),
                                                {},
                                                {},
                                                {},
                                                {},
                                                hooks.cancelled}));
}

void Snapshot::infer_types(int64_t visible_until) {
  if (state_->types_until == visible_until) return;
  state_->types_until.reset();  // until all of them are known
  // Counts are the same in any order of the rows, so these queries may use every core.
  DuckDatabase counting =
      open_locked(state_->files.file(), state_->files.spill(), available_threads());
  counting.ask(state_->cancelled);
  for (Table& table : state_->schema.tables) {
    std::vector<size_t> open;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
      const bool settled = column.evidence != Evidence::inferred ||
                           column.type == ColumnType::key || column.name == table.time_column ||
                           !is_readable(column);
      if (settled) continue;
      if (state_->text_times.erase({table.name, column.name}) > 0)
        table.columns[i].storage = StorageType::utf8;
      open.push_back(i);
    }
    const auto statistics = column_statistics(counting, table, open, visible_until);
    for (size_t i = 0; i < open.size(); ++i) {
      Column& column = table.columns[open[i]];
      const TypeGuess guess = infer_column_type(column.name, column.database_type, statistics[i]);
      if (guess.storage != column.storage) state_->text_times.insert({table.name, column.name});
      column.type = guess.type;
      column.storage = guess.storage;
      column.confidence = guess.confidence;
      column.reason = guess.reason;
    }
  }
  state_->types_until = visible_until;
}

void Snapshot::use_types(const Schema& model) {
  state_->types_until.reset();
  for (Table& table : state_->schema.tables) {
    const int64_t known = model.find_table(table.name);
    if (known < 0) continue;
    const Table& trained = model.tables[static_cast<size_t>(known)];
    for (Column& column : table.columns) {
      const int64_t at = trained.find_column(column.name);
      if (at < 0 || column.reason.ends_with("is not read")) continue;
      const Column& wanted = trained.columns[static_cast<size_t>(at)];
      column.type = wanted.type;
      if (column.storage == wanted.storage) continue;
      const std::string name = quote_identifier(column.name);
      const auto is_empty = [&] {
        return state_->database.integer(fmt::format("SELECT count({}) FROM main.{}", name,
                                                    quote_identifier(table.name))) == 0;
      };
      if (column.storage == StorageType::utf8 && wanted.storage == StorageType::time) {
        state_->text_times.insert({table.name, column.name});
      } else if ((column.storage == StorageType::int64 && wanted.storage == StorageType::float64) ||
                 is_empty()) {
        state_->casts[{table.name, column.name}] =
            fmt::format("TRY_CAST({} AS {})", name, duckdb_type_name(wanted.storage));
      } else {
        continue;  // check_schema_fits() says so, if it matters
      }
      column.storage = wanted.storage;
    }
  }
}

std::vector<ColumnData> Snapshot::read_columns(const std::string& table_name,
                                               const std::vector<std::string>& columns,
                                               ThreadPool* threads) const {
  const Table& table = state_->schema.table(table_name);
  if (columns.empty()) return {};
  std::vector<std::string> selected;
  for (const std::string& name : columns) {
    const int64_t position = table.find_column(name);
    CENOTE_CHECK(position >= 0, not_found, "table '{}' has no column '{}'", table_name, name);
    const Column& column = table.columns[static_cast<size_t>(position)];
    CENOTE_CHECK(is_readable(column), unsupported, "column '{}.{}' cannot be read: it is {}",
                 table_name, name, column.database_type);
    // Texts that are times stay texts in the snapshot (task SQL may compare them) and become times here.
    const bool text_time =
        column.storage == StorageType::time && state_->text_times.contains({table_name, name});
    const auto cast = state_->casts.find({table_name, name});
    selected.push_back(text_time                     ? text_as_time(quote_identifier(name))
                       : cast != state_->casts.end() ? cast->second
                                                     : quote_identifier(name));
  }
  // One thread reads a column in the order of its row numbers.
  const std::string from = " FROM " + relation(table);
  std::vector<ColumnData> out(selected.size());
  const auto read = [&](const DuckDatabase& connection, size_t i) {
    out[i] = std::move(connection.query("SELECT " + selected[i] + from).columns.front());
  };
  // What is more than reading stays in the connection that has the settings for it, and a future that is another is made
  // once for all columns.
  std::vector<size_t> plain;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (selected[i] == quote_identifier(columns[i])) plain.push_back(i);
  }
  if (threads == nullptr || plain.size() < 2 || state_->future.kind != FutureChange::none) {
    std::string select;
    for (const std::string& one : selected) select += (select.empty() ? "" : ", ") + one;
    return state_->database.query("SELECT " + select + from).columns;
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (selected[i] != quote_identifier(columns[i])) read(state_->database, i);
  }
  threads->parallel_for(std::ssize(plain), [&](int64_t i) {
    read(state_->database.connect_again(), plain[static_cast<size_t>(i)]);
  });
  return out;
}

void Snapshot::change_future(const FutureChange& change) { state_->future = change; }

std::string Snapshot::relation(const Table& table, const std::string& database) const {
  return changed_relation(table, database, state_->future);
}

QueryResult Snapshot::query(const std::string& select,
                            const std::vector<std::string>& setup) const {
  const DuckDatabase& database = state_->database;
  if (setup.empty()) return database.select_only(select);
  database.execute("BEGIN TRANSACTION");
  try {
    for (const std::string& statement : setup) database.execute(statement);
    QueryResult result = database.select_only(select);
    database.execute("ROLLBACK");
    return result;
  } catch (...) {
    try {
      database.execute("ROLLBACK");
    } catch (const Error&) {
      // A failed statement may have ended the transaction already: then there is nothing to undo.
    }
    throw;
  }
}

int64_t QueryResult::find(std::string_view name) const {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<int64_t>(i);
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (to_lower(names[i]) == to_lower(std::string(name))) return static_cast<int64_t>(i);
  }
  return -1;
}

std::string quote_identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string quote_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + '\'';
}

}  // namespace cenote
