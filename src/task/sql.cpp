// SPDX-License-Identifier: Apache-2.0
// Label SQL: what it sees and how it is run.
//
// The SQL sees every table under its name and `timestamps(timestamp)`, the seed times. Training and
// validation labels come from the database cut at the test time: temporary views that hide the tables
// make the cut. Cenote makes them; the SQL itself runs locked in (Snapshot::query).
#include <cctype>

#include "base/check.h"
#include "base/time.h"
#include "task/split.h"

namespace cenote {
namespace {

// A duration as pandas prints it, "60 days 00:00:00", which is what RelBench puts in. Its older manifests
// write INTERVAL '{timedelta} days'; DuckDB reads the long form right there too, but not "60 days days".
std::string long_duration(int64_t micros) {
  const int64_t day = micros / kMicrosPerDay;
  const int64_t second = micros % kMicrosPerDay / kMicrosPerSecond;
  std::string text =
      fmt::format("{} days {:02}:{:02}:{:02}", day, second / 3600, second / 60 % 60, second % 60);
  if (micros % kMicrosPerSecond != 0) text += fmt::format(".{:06}", micros % kMicrosPerSecond);
  return text;
}

std::string with_timedelta(std::string sql, int64_t horizon) {
  static constexpr std::string_view kPlace = "{timedelta}";
  const std::string value = long_duration(horizon);
  for (size_t at = 0; (at = sql.find(kPlace, at)) != std::string::npos; at += value.size()) {
    sql.replace(at, kPlace.size(), value);
  }
  return sql;
}

// DuckDB has no name for "infinitely late": an instant out of its range must not reach it.
std::string time_literal(int64_t micros) {
  return fmt::format("make_timestamp({}::BIGINT)", micros);
}

// A table of that name is hidden by the seed times.
bool is_seed_times(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name == "timestamps";
}

std::vector<std::string> make_setup(const Snapshot& snapshot,
                                    const std::vector<int64_t>& seed_times, int64_t visible_until) {
  std::string list;
  for (const int64_t t : seed_times) list += fmt::format("{}{}", list.empty() ? "" : ",", t);
  std::vector<std::string> setup{fmt::format(
      "CREATE TEMP TABLE timestamps AS SELECT make_timestamp(unnest([{}]::BIGINT[])) AS timestamp",
      list)};
  if (visible_until == kTimeNever) return setup;
  // Within the view the table needs its database's name: without it the view would mean itself.
  const QueryResult name = snapshot.query("SELECT current_database() AS name");
  const std::string database = quote_identifier(name.columns.at(0).text(0));
  for (const Table& table : snapshot.schema().tables) {
    if (table.time_column.empty() || is_seed_times(table.name)) continue;
    setup.push_back(fmt::format("CREATE TEMP VIEW {} AS SELECT * FROM {} WHERE {} <= {}",
                                quote_identifier(table.name), snapshot.relation(table, database),
                                quote_identifier(table.time_column), time_literal(visible_until)));
  }
  return setup;
}

std::string without_semicolons(std::string sql) {
  while (!sql.empty() &&
         (sql.back() == ';' || std::isspace(static_cast<unsigned char>(sql.back())))) {
    sql.pop_back();
  }
  return sql;
}

}  // namespace

QueryResult run_task_sql(const Task& task, const Snapshot& snapshot,
                         const std::vector<int64_t>& seed_times, int64_t visible_until) {
  std::string sql = without_semicolons(with_timedelta(task.sql, task.horizon));
  if (task.type == TaskType::multilabel_classification) {
    // Lists have no canonical type; as texts they pass.
    sql = fmt::format("SELECT * REPLACE (CAST({0} AS VARCHAR) AS {0}) FROM ({1}\n)",
                      quote_identifier(task.target_column), sql);
  } else if (task.type == TaskType::link_prediction) {
    sql = fmt::format("SELECT * REPLACE (unnest({0}) AS {0}) FROM ({1}\n)",
                      quote_identifier(task.target_column), sql);
  }
  return snapshot.query(sql, make_setup(snapshot, seed_times, visible_until));
}

std::optional<TimeRange> find_row_times(const Snapshot& snapshot, int64_t until) {
  std::string union_of;
  for (const Table& table : snapshot.schema().tables) {
    if (table.time_column.empty()) continue;
    const std::string column = quote_identifier(table.time_column);
    union_of += fmt::format("{}SELECT min({}) AS first, max({}) AS last FROM {}",
                            union_of.empty() ? "" : " UNION ALL ", column, column,
                            snapshot.relation(table));
    if (until != kTimeNever)
      union_of += fmt::format(" WHERE {} <= {}", column, time_literal(until));
  }
  CENOTE_CHECK(!union_of.empty(), bad_schema,
               "no table has a time column, so there are no times to predict at");
  const QueryResult range = snapshot.query(
      fmt::format("SELECT min(first) AS first, max(last) AS last FROM ({})", union_of));
  if (!range.columns.at(0).is_valid(0)) return std::nullopt;
  return TimeRange{range.columns[0].integers[0], range.columns[1].integers[0]};
}

TimeRange row_times(const Snapshot& snapshot, int64_t until) {
  const auto range = find_row_times(snapshot, until);
  CENOTE_CHECK(range.has_value(), bad_schema, "no table has a row with a time up to {}",
               until == kTimeNever ? "now" : format_time(until));
  return *range;
}

RawSplit pick_columns(const Task& task, const std::string& split, QueryResult result) {
  RawSplit raw;
  raw.name = split;
  const auto take = [&](const std::string& column, const char* what) {
    const int64_t at = result.find(column);
    CENOTE_CHECK(at >= 0, bad_input, "task '{}', {} labels: no column '{}' for the {}; have: {}",
                 task.name, split, column, what, join_names(result.names));
    return result.columns[static_cast<size_t>(at)];
  };
  raw.entity = take(task.entity_column, "entity");
  raw.time = take(task.time_column, "time");
  raw.label = take(task.target_column, "target");
  if (!task.frame_column.empty()) raw.frame = take(task.frame_column, "window");
  return raw;
}

void report_split(const Hooks& hooks, int64_t split) {
  CENOTE_CHECK(!hooks.is_cancelled(), cancelled, "cancelled while making labels");
  Progress progress;
  progress.phase = "labels";
  progress.done = split;
  progress.total = 3;
  hooks.report(progress);
}

}  // namespace cenote
