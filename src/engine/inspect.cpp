// SPDX-License-Identifier: Apache-2.0
#include "cenote/inspect.h"

#include "base/check.h"
#include "base/time.h"
#include "database/snapshot.h"
#include "database/source.h"
#include "schema/manifest.h"

namespace cenote {
namespace {

/// Nulls by column and the range of times, in queries of a bounded number of columns.
void count_nulls(const Snapshot& snapshot, const Table& table, InspectedTable& out) {
  constexpr size_t kColumnsPerQuery = 200;
  const std::string from = " FROM " + quote_identifier(table.name);
  for (size_t begin = 0; begin < table.columns.size(); begin += kColumnsPerQuery) {
    const size_t end = std::min(table.columns.size(), begin + kColumnsPerQuery);
    std::string select;
    for (size_t i = begin; i < end; ++i) {
      select += fmt::format("{}count({})", i == begin ? "SELECT " : ", ",
                            quote_identifier(table.columns[i].name));
    }
    const QueryResult counts = snapshot.query(select + from);
    for (size_t i = begin; i < end; ++i) {
      const double values = counts.columns[i - begin].number(0);
      out.columns[i].null_fraction =
          table.rows == 0 ? 0 : 1 - values / static_cast<double>(table.rows);
    }
  }
  if (table.time_column.empty()) return;
  const std::string time = quote_identifier(table.time_column);
  const QueryResult range = snapshot.query(fmt::format("SELECT min({0}), max({0}){1}", time, from));
  out.time_first = value_text(range.columns[0], 0);
  out.time_last = value_text(range.columns[1], 0);
}

InspectedTable inspect_table(const Snapshot& snapshot, const Table& table) {
  InspectedTable out;
  out.name = table.name;
  out.rows = table.rows;
  out.primary_key = table.primary_key;
  out.time_column = table.time_column;
  for (const Column& column : table.columns) {
    InspectedColumn inspected;
    inspected.name = column.name;
    inspected.type = to_string(column.type);
    inspected.source = to_string(column.evidence);
    inspected.confidence = column.confidence;
    inspected.reason = column.reason;
    inspected.database_type = column.database_type;
    out.columns.push_back(std::move(inspected));
  }
  count_nulls(snapshot, table, out);
  return out;
}

}  // namespace

Inspection inspect(const SourceOptions& options, const Hooks& hooks) {
  Snapshot snapshot = Snapshot::open(options, hooks);
  snapshot.infer_types(snapshot.schema().val_timestamp.value_or(kTimeNever));
  const Schema& schema = snapshot.schema();
  Inspection out;
  out.source = display_source(options.source);
  out.name = schema.name;
  out.description = schema.description;
  if (schema.val_timestamp) out.val_timestamp = format_time(*schema.val_timestamp);
  if (schema.test_timestamp) out.test_timestamp = format_time(*schema.test_timestamp);
  for (const Finding& finding : snapshot.findings()) {
    out.warnings.push_back({finding.code, finding.table, finding.column, finding.message});
  }
  for (const Table& table : schema.tables) {
    out.tables.push_back(inspect_table(snapshot, table));
    for (const Column& column : table.columns) {
      if (column.type == ColumnType::ignored && column.evidence == Evidence::inferred) {
        out.warnings.push_back({"column_ignored", table.name, column.name, column.reason});
      }
    }
  }
  for (const Link& link : schema.links) {
    out.links.push_back({link.from_table, link.from_columns, link.to_table, link.to_columns,
                         link.matched_fraction, std::string(to_string(link.evidence)),
                         link.confidence, link.reason});
  }
  out.manifest = write_manifest(schema);
  return out;
}

}  // namespace cenote
