// SPDX-License-Identifier: Apache-2.0
#include "graph/column_store.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/check.h"
#include "base/hash.h"
#include "base/time.h"

namespace cenote {
namespace {

bool is_null(const std::vector<const ColumnData*>& columns, int64_t row) {
  for (const auto* column : columns) {
    if (!column->is_valid(row)) return true;
  }
  return false;
}

bool equal_values(const ColumnData& a, int64_t i, const ColumnData& b, int64_t j) {
  if ((a.type == StorageType::utf8) != (b.type == StorageType::utf8)) return false;
  if (a.type == StorageType::utf8) return a.text(i) == b.text(j);
  if (a.type == StorageType::float64 || b.type == StorageType::float64)
    return a.number(i) == b.number(j);
  return a.integers[i] == b.integers[j];
}

/// The columns of a table that are read: everything a model, a key, a link or a clock may need.
std::vector<int64_t> needed_columns(const Schema& schema, const Table& table) {
  std::vector<int64_t> needed;
  for (int64_t c = 0; c < static_cast<int64_t>(table.columns.size()); ++c) {
    const Column& column = table.columns[c];
    bool need = column.type != ColumnType::ignored || column.name == table.time_column;
    const auto named_in = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), column.name) != names.end();
    };
    need = need || named_in(table.primary_key);
    for (const Link& link : schema.links) {
      need = need || (link.from_table == table.name && named_in(link.from_columns));
      need = need || (link.to_table == table.name && named_in(link.to_columns));
    }
    if (need) needed.push_back(c);
  }
  return needed;
}

/// Nulls first; an order of values that needs no copy of them.
int compare_values(const ColumnData& column, int64_t a, int64_t b) {
  const bool here = column.is_valid(a), there = column.is_valid(b);
  if (!here || !there) return static_cast<int>(here) - static_cast<int>(there);
  if (column.type == StorageType::utf8) return column.text(a).compare(column.text(b));
  if (column.type == StorageType::float64) {
    const double x = column.reals[a], y = column.reals[b];
    if (x < y || x > y) return x < y ? -1 : 1;
    return std::memcmp(&x, &y, 8);  // NaN, and zeros of both signs
  }
  const int64_t x = column.integers[a], y = column.integers[b];
  return x < y ? -1 : static_cast<int>(x > y);
}

StoredTable load_table(const Snapshot& snapshot, const Schema& schema, const Table& table,
                       const HiddenColumns& hidden, const Hooks& hooks) {
  const auto needed = needed_columns(schema, table);
  std::vector<std::string> names;
  for (const auto c : needed) names.push_back(table.columns[c].name);
  std::vector<ColumnData> raw = snapshot.read_columns(table.name, names);
  const int64_t rows = raw.empty() ? table.rows : raw.front().size();
  CENOTE_CHECK(rows < INT32_MAX, unsupported, "table '{}' has {} rows; at most {} are supported",
               table.name, rows, INT32_MAX - 1);

  StoredTable out;
  out.name = table.name;
  out.rows = rows;
  out.timed = !table.time_column.empty();
  std::vector<int64_t> time(static_cast<size_t>(rows), kTimeAlways);
  const auto position = [&](const std::string& name) {
    return static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  if (out.timed) {
    const ColumnData& clock = raw[position(table.time_column)];
    CENOTE_CHECK(clock.type == StorageType::time, bad_schema,
                 "time column '{}' of table '{}' holds {} values, not times", table.time_column,
                 table.name, to_string(clock.type));
    int64_t never = 0;
    for (int64_t row = 0; row < rows; ++row) {
      time[row] = clock.is_valid(row) ? clock.integers[row] : kTimeNever;
      never += !clock.is_valid(row);
    }
    if (never > 0) {
      hooks.warn("null_time",
                 fmt::format("table '{}': {} of {} rows have no '{}' and are never visible",
                             table.name, never, rows, table.time_column));
    }
  }

  // Keys are built once, the order is that of memcmp; what they do not tell apart (no key, a null in it) the other
  // columns do. Rows that are equal in those too may stand in any order.
  std::vector<const ColumnData*> key, others;
  for (const auto& name : table.primary_key) key.push_back(&raw[position(name)]);
  for (size_t i = 0; i < raw.size(); ++i) {
    if (std::find(hidden.begin(), hidden.end(), std::pair(table.name, names[i])) == hidden.end())
      others.push_back(&raw[i]);
  }
  std::vector<std::string> bytes(key.empty() ? 0 : static_cast<size_t>(rows));
  for (int64_t row = 0; row < static_cast<int64_t>(bytes.size()); ++row) {
    for (const auto* column : key) append_key_bytes(*column, row, bytes[row]);
  }
  std::vector<int64_t> order(static_cast<size_t>(rows));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    if (time[a] != time[b]) return time[a] < time[b];
    if (!bytes.empty() && bytes[a] != bytes[b]) return bytes[a] < bytes[b];
    for (const auto* column : others) {
      if (const int way = compare_values(*column, a, b); way != 0) return way < 0;
    }
    return false;
  });

  out.snapshot_row = order;
  out.time.reserve(order.size());
  out.key_hash.reserve(order.size());
  for (const int64_t row : order) {
    out.time.push_back(time[row]);
    uint64_t hash = bytes.empty() ? 0 : hash_bytes(bytes[row]);
    if (key.empty() || is_null(key, row)) hash = hash_combine(hash, hash_values(others, row));
    out.key_hash.push_back(hash);
  }
  out.columns.resize(table.columns.size());
  for (size_t i = 0; i < needed.size(); ++i) {
    out.columns[needed[i]] = take_rows(raw[i], order);
    raw[i] = ColumnData();  // the store and its unsorted copy never lie in memory together
  }
  return out;
}

}  // namespace

ColumnStore load_columns(const Snapshot& snapshot, const Schema& schema,
                         const HiddenColumns& hidden, const Hooks& hooks) {
  ColumnStore store;
  for (const Table& table : schema.tables) {
    Progress progress;
    progress.phase = "load";
    progress.done = static_cast<int64_t>(store.tables.size());
    progress.total = static_cast<int64_t>(schema.tables.size());
    hooks.report(progress);
    if (hooks.is_cancelled())
      fail(ErrorCode::cancelled, "interrupted while loading table '{}'", table.name);
    store.tables.push_back(load_table(snapshot, schema, table, hidden, hooks));
  }
  return store;
}

uint64_t hash_values(const std::vector<const ColumnData*>& columns, int64_t row) {
  uint64_t hash = columns.size();
  for (const auto* column : columns) {
    uint64_t value = 0;
    if (!column->is_valid(row)) {
      value = 1;
    } else if (column->type == StorageType::utf8) {
      value = hash_bytes(column->text(row), 2);
    } else if (column->type == StorageType::float64) {
      // A whole number hashes as the int64 of the same value, so that 3.0 finds 3.
      const double number = column->reals[row];
      const auto whole = static_cast<int64_t>(number);
      uint64_t bits;
      std::memcpy(&bits, &number, 8);
      value = static_cast<double>(whole) == number ? mix64(static_cast<uint64_t>(whole) + 3)
                                                   : mix64(bits);
    } else {
      value = mix64(static_cast<uint64_t>(column->integers[row]) + 3);
    }
    hash = hash_combine(hash, value);
  }
  return hash;
}

KeyIndex::KeyIndex(std::vector<const ColumnData*> key) : key_(std::move(key)) {
  const int64_t rows = key_.empty() ? 0 : key_.front()->size();
  uint64_t capacity = 16;
  while (capacity < static_cast<uint64_t>(rows) * 2) capacity *= 2;
  slots_.assign(capacity, 0);
  mask_ = capacity - 1;
  for (int64_t row = 0; row < rows; ++row) {
    if (is_null(key_, row) || find(key_, row) >= 0) continue;
    uint64_t slot = hash_values(key_, row) & mask_;
    while (slots_[slot] != 0) slot = (slot + 1) & mask_;
    slots_[slot] = static_cast<int32_t>(row + 1);
  }
}

int64_t KeyIndex::find(const std::vector<const ColumnData*>& values, int64_t row) const {
  if (is_null(values, row)) return -1;
  for (uint64_t slot = hash_values(values, row) & mask_; slots_[slot] != 0;
       slot = (slot + 1) & mask_) {
    const int64_t candidate = slots_[slot] - 1;
    bool equal = true;
    for (size_t c = 0; c < key_.size(); ++c)
      equal = equal && equal_values(*key_[c], candidate, *values[c], row);
    if (equal) return candidate;
  }
  return -1;
}

}  // namespace cenote
