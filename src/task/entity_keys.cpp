// SPDX-License-Identifier: Apache-2.0
#include "task/entity_keys.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace cenote {
namespace {

bool is_integer(StorageType type) {
  return type != StorageType::utf8 && type != StorageType::float64;
}

}  // namespace

EntityKeys::EntityKeys(const std::string& name, std::string column, const Snapshot& snapshot,
                       int64_t until)
    : everything_(false), table_(name), column_(std::move(column)) {
  const Table& table = snapshot.schema().table(name);
  CENOTE_CHECK(table.primary_key.size() == 1, bad_schema,
               "table '{}' names its rows by {} columns; labels need a key of one column", name,
               table.primary_key.size());
  std::vector<std::string> columns{table.primary_key.at(0)};
  if (!table.time_column.empty()) columns.push_back(table.time_column);
  const auto data = snapshot.read_columns(table.name, columns);
  const ColumnData& key = data[0];
  type_ = key.type;
  for (int64_t row = 0; row < key.size(); ++row) {
    if (!key.is_valid(row)) continue;
    if (data.size() > 1 &&
        (!data[1].is_valid(row) || data[1].integers[static_cast<size_t>(row)] > until)) {
      continue;
    }
    if (is_integer(type_)) {
      integers_.push_back(key.integers[static_cast<size_t>(row)]);
    } else {
      std::string bytes;
      append_key_bytes(key, row, bytes);
      bytes_.insert(std::move(bytes));
    }
  }
  std::sort(integers_.begin(), integers_.end());
}

ColumnData EntityKeys::align(const Task& task, const std::string& split, ColumnData entity) const {
  if (entity.type == type_) return entity;
  ColumnData out = make_column(type_);
  if (entity.type == StorageType::float64 && type_ == StorageType::int64) {
    for (int64_t row = 0; row < entity.size(); ++row) {
      const double value = entity.reals[static_cast<size_t>(row)];
      // Beyond 2^53 neighbouring keys would fall together.
      const bool whole =
          entity.is_valid(row) && value == std::floor(value) && std::abs(value) <= 0x1p53;
      whole ? append_integer(out, static_cast<int64_t>(value)) : append_null(out);
    }
    return out;
  }
  if (entity.type == StorageType::int64 && type_ == StorageType::float64) {
    for (int64_t row = 0; row < entity.size(); ++row) {
      entity.is_valid(row) ? append_real(out, entity.number(row)) : append_null(out);
    }
    return out;
  }
  fail(ErrorCode::bad_input,
       "task '{}', {} labels: the {} column '{}' holds {} values, the key of '{}' {}", task.name,
       split, column_ == task.entity_column ? "entity" : "item", column_, to_string(entity.type),
       table_, to_string(type_));
}

bool EntityKeys::contains(const ColumnData& entity, int64_t row) const {
  if (everything_) return true;
  if (is_integer(type_)) {
    return std::binary_search(integers_.begin(), integers_.end(),
                              entity.integers[static_cast<size_t>(row)]);
  }
  std::string bytes;
  append_key_bytes(entity, row, bytes);
  return bytes_.count(bytes) > 0;
}

}  // namespace cenote
