// SPDX-License-Identifier: Apache-2.0
#include "schema/schema.h"

#include <array>

#include "base/check.h"

namespace cenote {
namespace {

constexpr std::array<std::string_view, 7> kColumnTypes{"number",  "category", "text",   "timestamp",
                                                       "boolean", "key",      "ignored"};

}  // namespace

std::string_view to_string(StorageType type) {
  switch (type) {
    case StorageType::int64: return "int64";
    case StorageType::float64: return "float64";
    case StorageType::utf8: return "utf8";
    case StorageType::boolean: return "boolean";
    case StorageType::time: return "time";
  }
  return "?";
}

std::string_view to_string(ColumnType type) { return kColumnTypes[static_cast<size_t>(type)]; }

std::string_view to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::manifest: return "manifest";
    case Evidence::catalogue: return "catalogue";
    case Evidence::inferred: return "inferred";
  }
  return "?";
}

ColumnType parse_column_type(std::string_view text) {
  for (size_t i = 0; i < kColumnTypes.size(); ++i) {
    if (kColumnTypes[i] == text) return static_cast<ColumnType>(i);
  }
  const std::vector<std::string> names(kColumnTypes.begin(), kColumnTypes.end());
  fail(ErrorCode::bad_input, "no column type '{}'; {}", text, choices_hint(text, names));
}

int64_t Table::find_column(std::string_view column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) return static_cast<int64_t>(i);
  }
  return -1;
}

std::string Link::name() const {
  std::string out = from_table + ".";
  for (size_t i = 0; i < from_columns.size(); ++i) out += (i == 0 ? "" : "+") + from_columns[i];
  return out;
}

int64_t Schema::find_table(std::string_view table) const {
  for (size_t i = 0; i < tables.size(); ++i) {
    if (tables[i].name == table) return static_cast<int64_t>(i);
  }
  return -1;
}

const Table& Schema::table(std::string_view table) const {
  const int64_t i = find_table(table);
  CENOTE_CHECK(i >= 0, not_found, "no table '{}'; {}", table, choices_hint(table, table_names()));
  return tables[static_cast<size_t>(i)];
}

std::vector<std::string> Schema::table_names() const {
  std::vector<std::string> names;
  for (const Table& table : tables) names.push_back(table.name);
  return names;
}

}  // namespace cenote
