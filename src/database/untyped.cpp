// SPDX-License-Identifier: Apache-2.0
#include "database/untyped.h"

#include <algorithm>

#include "base/check.h"
#include "database/canonical.h"

namespace cenote {
namespace {

constexpr const char* kMarkers = R"('', '\N', 'NULL', 'null', 'NA', 'N/A', 'NaN', 'nan', 'None')";
constexpr const char* kInteger = "'[+-]?(0|[1-9][0-9]{0,18})'";
constexpr const char* kReal =
    R"('[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?')";
constexpr const char* kSeparated =
    R"('[+-]?([0-9]{1,3}([.,][0-9]{3})+([.,][0-9]+)?|[0-9]+,[0-9]+)')";
constexpr const char* kBoolean = "'t', 'f', 'true', 'false', 'True', 'False', 'TRUE', 'FALSE'";
constexpr const char* kDate = "'[0-9]{4}-[0-9]{2}-[0-9]{2}'";

/// Counts that decide, for one column: values, and those of them that read as each type.
std::string counts(const std::string& c) {
  return fmt::format(
      "count(*) FILTER ({0} IS NOT NULL), "
      "count(*) FILTER ({0} IN ({1})), "
      "count(*) FILTER (regexp_full_match({0}, {2}) AND TRY_CAST({0} AS BIGINT) IS NOT NULL), "
      "count(*) FILTER (regexp_full_match({0}, {3})), "
      "count(*) FILTER ({0} IN ({4})), "
      "count(*) FILTER (regexp_full_match({0}, {5}) AND TRY_CAST({0} AS DATE) IS NOT NULL), "
      "count(*) FILTER (({6}) IS NOT NULL), "
      "count(*) FILTER (regexp_full_match({0}, {7}))",
      c, kMarkers, kInteger, kReal, kBoolean, kDate, text_as_time(c), kSeparated);
}
constexpr size_t kCounts = 8;
constexpr double kNearly = 0.95;  // of the values: a column that was meant to be of that type

/// Spaces around a number, a time or a truth value mean nothing; around texts they are kept.
std::string trimmed(const std::string& column) {
  return fmt::format("trim({})", quote_identifier(column));
}

/// One value that is not a number (a time) makes a column one of texts: said, since nobody means that.
void warn_if_nearly(const std::string& relation, const std::string& table,
                    const std::string& column, int64_t fitting, int64_t wanted, const char* what,
                    const std::string& fits, const char* type, const Stage& stage) {
  const std::string c = trimmed(column);
  const std::string example =
      value_text(stage.loader
                     .query(fmt::format(
                         "SELECT left(min({0}), 40) FROM {1} WHERE {0} NOT IN ({2}) AND NOT ({3})",
                         c, relation, kMarkers, fits))
                     .columns[0],
                 0);
  stage.warn(
      "nearly_typed", table, column,
      fmt::format("{} of {} values are {}; it is read as text because of the others, such as "
                  "'{}': declare {{type: {}}} in a manifest to read those as missing",
                  fitting, wanted, what, example, type));
}

}  // namespace

std::vector<TextType> find_text_types(const std::string& relation, const std::string& table,
                                      const std::vector<std::string>& columns, const Stage& stage) {
  std::vector<TextType> out;
  constexpr size_t kColumnsPerQuery = 32;
  for (size_t begin = 0; begin < columns.size(); begin += kColumnsPerQuery) {
    const size_t end = std::min(columns.size(), begin + kColumnsPerQuery);
    std::string select;
    for (size_t i = begin; i < end; ++i)
      select += (i == begin ? "SELECT " : ", ") + counts(trimmed(columns[i]));
    const QueryResult result = stage.loader.query(select + " FROM " + relation);
    for (size_t i = begin; i < end; ++i) {
      const auto count = [&](size_t k) {
        return result.columns[(i - begin) * kCounts + k].integers[0];
      };
      const std::string raw = quote_identifier(columns[i]), c = trimmed(columns[i]);
      const int64_t values = count(0), missing = count(1), wanted = values - missing;
      TextType type{"VARCHAR", raw, StorageType::utf8};
      const auto cast = [&](const char* to, StorageType storage) {
        type = {to, fmt::format("TRY_CAST({} AS {})", c, to), storage};
      };
      if (wanted > 0) {
        if (count(2) == wanted) {
          cast("BIGINT", StorageType::int64);
        } else if (count(3) == wanted) {
          // 'nan' would be a value to DuckDB; a marker is none.
          type = {"DOUBLE",
                  fmt::format("CASE WHEN {0} NOT IN ({1}) THEN TRY_CAST({0} AS DOUBLE) END", c,
                              kMarkers),
                  StorageType::float64};
        } else if (count(4) == wanted) {
          cast("BOOLEAN", StorageType::boolean);
        } else if (count(5) == wanted || count(6) == wanted) {
          type = {count(5) == wanted ? "DATE" : "TIMESTAMP", text_as_time(c), StorageType::time};
        } else if (count(7) * 10 >= wanted * 9 && wanted >= 2) {
          stage.warn("numbers_as_text", table, columns[i],
                     "looks like numbers with separators; it is read as text: write 1234.5, "
                     "without separators");
        } else if (static_cast<double>(count(3)) >= kNearly * static_cast<double>(wanted)) {
          warn_if_nearly(relation, table, columns[i], count(3), wanted, "numbers",
                         fmt::format("regexp_full_match({}, {})", c, kReal), "number", stage);
        } else if (static_cast<double>(count(6)) >= kNearly * static_cast<double>(wanted)) {
          warn_if_nearly(relation, table, columns[i], count(6), wanted, "times",
                         fmt::format("({}) IS NOT NULL", text_as_time(c)), "timestamp", stage);
        }
      }
      if (type.storage != StorageType::utf8 && missing > 0) {
        stage.warn("missing_marker", table, columns[i],
                   fmt::format("{} value{} empty or a marker such as NA or \\N; read as missing",
                               missing, missing == 1 ? " is" : "s are"));
      }
      out.push_back(std::move(type));
    }
  }
  return out;
}

}  // namespace cenote
