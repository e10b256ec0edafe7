// SPDX-License-Identifier: Apache-2.0
#include "database/canonical.h"

#include <array>

#include "base/check.h"

namespace cenote {
namespace {

struct Rule {
  std::string_view type;  // as DESCRIBE writes it
  StorageType storage;
};
constexpr std::array<Rule, 16> kPlain{{{"TINYINT", StorageType::int64},
                                       {"SMALLINT", StorageType::int64},
                                       {"INTEGER", StorageType::int64},
                                       {"BIGINT", StorageType::int64},
                                       {"UTINYINT", StorageType::int64},
                                       {"USMALLINT", StorageType::int64},
                                       {"UINTEGER", StorageType::int64},
                                       {"FLOAT", StorageType::float64},
                                       {"DOUBLE", StorageType::float64},
                                       {"BOOLEAN", StorageType::boolean},
                                       {"VARCHAR", StorageType::utf8},
                                       {"UUID", StorageType::utf8},
                                       {"DATE", StorageType::time},
                                       {"TIMESTAMP", StorageType::time},
                                       {"TIMESTAMP_S", StorageType::time},
                                       {"TIMESTAMP_MS", StorageType::time}}};

struct Refusal {
  std::string_view type;
  std::string_view reason;
};
constexpr std::array<Refusal, 13> kRefused{{{"TIME", "a time of day without a date"},
                                            {"TIME_NS", "a time of day without a date"},
                                            {"TIME WITH TIME ZONE", "a time of day without a date"},
                                            {"INTERVAL", "an interval"},
                                            {"BLOB", "binary data"},
                                            {"BIT", "a string of bits"},
                                            {"JSON", "a JSON document"},
                                            {"VARIANT", "a variant"},
                                            {"GEOMETRY", "a geometry"},
                                            {"STRUCT", "a structure"},
                                            {"MAP", "a map"},
                                            {"UNION", "a union"},
                                            {"ROW", "a structure"}}};

bool is_type(std::string_view type, std::string_view name) {
  return type == name ||
         (type.starts_with(name) && type.size() > name.size() && type[name.size()] == '(');
}

}  // namespace

std::string text_as_time(const std::string& column) {
  // DuckDB's casts alone also take '2020-1', 'infinity' and 'epoch'. The session's time zone is UTC.
  constexpr const char* kPattern =
      R"('[0-9]{4,6}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)?)?')";
  return fmt::format(
      "CASE WHEN NOT regexp_full_match({0}, {1}) THEN NULL "
      "WHEN regexp_matches({0}, '\\.[0-9]{{7}}') AND TRY_CAST({0} AS TIMESTAMP_NS) IS NOT NULL "
      "THEN "
      "make_timestamp(epoch_ns(TRY_CAST({0} AS TIMESTAMP_NS)) // 1000 + "
      "CASE WHEN epoch_ns(TRY_CAST({0} AS TIMESTAMP_NS)) % 1000 > 0 THEN 1 ELSE 0 END) "
      "ELSE make_timestamp(epoch_us(TRY_CAST({0} AS TIMESTAMPTZ))) END",
      column, kPattern);
}

std::string_view duckdb_type_name(StorageType type) {
  switch (type) {
    case StorageType::int64: return "BIGINT";
    case StorageType::float64: return "DOUBLE";
    case StorageType::utf8: return "VARCHAR";
    case StorageType::boolean: return "BOOLEAN";
    case StorageType::time: return "TIMESTAMP";
  }
  return "VARCHAR";
}

Canonical canonical_form(std::string_view type, const std::string& column) {
  Canonical out;
  out.expression = column;
  if (type.ends_with("]")) {
    out.unsupported = "a list";
    return out;
  }
  for (const Refusal& refusal : kRefused) {
    if (is_type(type, refusal.type)) {
      out.unsupported = std::string(refusal.reason);
      return out;
    }
  }
  if (type == "UBIGINT" || type == "HUGEINT" || type == "UHUGEINT" || type == "BIGNUM") {
    out.storage = StorageType::int64;
    out.may_exceed_int64 = true;
    out.expression = fmt::format("CAST({} AS BIGINT)", column);
    return out;
  }
  if (is_type(type, "DECIMAL") && type.ends_with(",0)")) {  // whole numbers: ids, often
    out.storage = StorageType::int64;
    out.may_exceed_int64 = true;
    out.expression = fmt::format("CAST({} AS BIGINT)", column);
    return out;
  }
  if (is_type(type, "DECIMAL")) {
    out.storage = StorageType::float64;
  } else if (is_type(type, "ENUM")) {
    out.storage = StorageType::utf8;
  } else if (type == "TIMESTAMP_NS") {
    // Up to the next microsecond: a row is never visible earlier than it was. `//` cuts towards zero.
    out.storage = StorageType::time;
    out.expression = fmt::format(
        "CASE WHEN {0} IS NULL THEN NULL WHEN NOT isfinite({0}) THEN 'infinity'::TIMESTAMP ELSE "
        "make_timestamp(epoch_ns({0}) // 1000 + CASE WHEN epoch_ns({0}) % 1000 > 0 THEN 1 ELSE 0 "
        "END) END",
        column);
    return out;
  } else if (type == "TIMESTAMP WITH TIME ZONE") {
    // By its instant, so that the session's time zone plays no part.
    out.storage = StorageType::time;
    out.expression = fmt::format(
        "CASE WHEN {0} IS NULL THEN NULL WHEN NOT isfinite({0}) THEN 'infinity'::TIMESTAMP ELSE "
        "make_timestamp(epoch_us({0})) END",
        column);
    return out;
  } else {
    bool known = false;
    for (const Rule& rule : kPlain) {
      if (type == rule.type) {
        out.storage = rule.storage;
        known = true;
      }
    }
    if (!known) {
      // "NULL" is the type of a column that never had a value.
      out.unsupported = type == "\"NULL\"" ? "no value at all" : fmt::format("type {}", type);
      if (type == "\"NULL\"") out.expression = fmt::format("CAST({} AS VARCHAR)", column);
      return out;
    }
  }
  if (out.storage == StorageType::time) {
    out.expression = fmt::format(
        "CASE WHEN {0} IS NOT NULL THEN coalesce(TRY_CAST({0} AS TIMESTAMP), "
        "'infinity'::TIMESTAMP) END",
        column);
  } else if (type != duckdb_type_name(out.storage)) {
    out.expression = fmt::format("CAST({} AS {})", column, duckdb_type_name(out.storage));
  }
  return out;
}

}  // namespace cenote
