// SPDX-License-Identifier: Apache-2.0
#include "database/future.h"

#include <fmt/format.h>

#include <algorithm>

#include "database/stage.h"

namespace cenote {
namespace {

/// What overwritten values become: values that no real column is likely to hold in all rows.
std::string nonsense(const Column& column, int64_t after) {
  switch (column.storage) {
    case StorageType::int64: return "-7::BIGINT";
    case StorageType::float64: return "-12345.5::DOUBLE";
    case StorageType::boolean: return "false";
    case StorageType::time: return fmt::format("make_timestamp({}::BIGINT)", after + 1);
    case StorageType::utf8: break;
  }
  return "'overwritten'";
}

}  // namespace

std::string changed_relation(const Table& table, const std::string& database,
                             const FutureChange& change) {
  const std::string name =
      (database.empty() ? "main." : database + ".main.") + quote_identifier(table.name);
  if (change.kind == FutureChange::none || table.time_column.empty()) return name;
  const std::string known = fmt::format("{} <= make_timestamp({}::BIGINT)",
                                        quote_identifier(table.time_column), change.after);
  if (change.kind == FutureChange::deleted)
    return fmt::format("(SELECT * FROM {} WHERE {})", name, known);
  std::string columns;
  int64_t step = 0;
  for (const Column& column : table.columns) {
    const std::string quoted = quote_identifier(column.name);
    const bool is_key = std::find(table.primary_key.begin(), table.primary_key.end(),
                                  column.name) != table.primary_key.end();
    const bool is_time = column.name == table.time_column;
    std::string changed = quoted;
    if (change.kind == FutureChange::shuffled && !is_key && !is_time) {
      // Each column by another number of rows, so that what stood in one row no longer does.
      changed = fmt::format("lead({}, {}) OVER (PARTITION BY coalesce({}, false) ORDER BY rowid)",
                            quoted, ++step, known);
    } else if (change.kind == FutureChange::overwritten && !is_key && is_readable(column)) {
      changed = nonsense(column, change.after);
    }
    columns += fmt::format("{}CASE WHEN {} THEN {} ELSE {} END AS {}", columns.empty() ? "" : ", ",
                           known, quoted, changed, quoted);
  }
  return fmt::format("(SELECT {} FROM {} ORDER BY rowid)", columns, name);
}

}  // namespace cenote
