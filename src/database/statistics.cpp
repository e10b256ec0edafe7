// SPDX-License-Identifier: Apache-2.0
#include "database/statistics.h"

#include <algorithm>

#include "base/check.h"
#include "base/time.h"
#include "database/canonical.h"

namespace cenote {
namespace {

std::string visible_rows(const Table& table, int64_t visible_until) {
  if (table.time_column.empty()) return "true";
  const std::string time = quote_identifier(table.time_column);
  if (visible_until == kTimeNever) return time + " IS NOT NULL";
  return fmt::format("{} <= make_timestamp({})", time, visible_until);
}

/// The aggregates of one column, seven in all.
std::string aggregates(const Column& column) {
  const std::string c = quote_identifier(column.name);
  std::string out = fmt::format("count({0}), approx_count_distinct({0}), ", c);
  if (column.storage == StorageType::int64 || column.storage == StorageType::float64) {
    out += fmt::format(
        "count(*) FILTER ({0} = trunc({0})), CAST(min({0}) AS DOUBLE), CAST(max({0}) AS DOUBLE), ",
        c);
  } else {
    out += "0, 0.0, 0.0, ";
  }
  if (column.storage == StorageType::utf8) {
    // Words are counted by spaces, as whole numbers: the sum is the same in any order. A time begins with a digit, which
    // is faster to see than the whole pattern.
    out += fmt::format(
        "CAST(coalesce(sum(len(string_split({0}, ' '))), 0) AS BIGINT), "
        "count(*) FILTER (CASE WHEN {0} >= '0' AND {0} < ':' THEN ({1}) IS NOT NULL ELSE false "
        "END)",
        c, text_as_time(c));
  } else {
    out += "0, 0";
  }
  return out;
}

constexpr size_t kAggregates = 7;

}  // namespace

std::vector<ColumnStatistics> column_statistics(const DuckDatabase& database, const Table& table,
                                                const std::vector<size_t>& positions,
                                                int64_t visible_until) {
  std::vector<ColumnStatistics> out;
  if (positions.empty()) return out;
  const std::string from = fmt::format("FROM main.{} WHERE {}", quote_identifier(table.name),
                                       visible_rows(table, visible_until));
  // Wide tables are asked in several queries: thousands of aggregates at once need much memory.
  constexpr size_t kColumnsPerQuery = 64;
  for (size_t begin = 0; begin < positions.size(); begin += kColumnsPerQuery) {
    const size_t end = std::min(positions.size(), begin + kColumnsPerQuery);
    std::string select = "count(*)";
    for (size_t i = begin; i < end; ++i) select += ", " + aggregates(table.columns[positions[i]]);
    const QueryResult result = database.query(fmt::format("SELECT {} {}", select, from));
    for (size_t i = begin; i < end; ++i) {
      const auto number = [&](size_t k) {
        const ColumnData& cell = result.columns[1 + (i - begin) * kAggregates + k];
        return cell.is_valid(0) ? cell.number(0) : 0.0;
      };
      ColumnStatistics s;
      s.storage = table.columns[positions[i]].storage;
      s.rows = result.columns[0].integers[0];
      s.values = static_cast<int64_t>(number(0));
      s.distinct = static_cast<int64_t>(number(1));
      s.whole = static_cast<int64_t>(number(2));
      s.min = number(3);
      s.max = number(4);
      s.mean_words = s.values == 0 ? 0 : number(5) / static_cast<double>(s.values);
      s.time_texts = static_cast<int64_t>(number(6));
      out.push_back(s);
    }
  }
  for (size_t i = 0; i < positions.size(); ++i) {
    ColumnStatistics& s = out[i];
    // The estimate is within a few percent, so near the limit either way is right: it is the same
    // way for the same values.
    if (s.values == 0 || s.distinct > kManyDistinct) continue;
    const std::string c = quote_identifier(table.columns[positions[i]].name);
    const QueryResult exact = database.query(
        fmt::format("SELECT count(*), min(n), min(v) FROM (SELECT CAST({0} AS VARCHAR) AS v, "
                    "count(*) AS n {1} AND {0} IS NOT NULL GROUP BY {0})",
                    c, from));
    s.distinct = exact.columns[0].integers[0];
    s.rarest = exact.columns[1].integers[0];
    s.example = value_text(exact.columns[2], 0);
  }
  return out;
}

}  // namespace cenote
