// SPDX-License-Identifier: Apache-2.0
#include "graph/column_store.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
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

/// Where a row stands in its table: by its time, then by the first bytes of its key, of which most rows need no more.
struct Place {
  int64_t time;
  uint64_t key_begin, key_more;
  int64_t row;
};

/// Eight bytes from `at` on, filled up with zeros, as a number that compares as the bytes do.
uint64_t word_at(const std::string& bytes, size_t at) {
  std::array<unsigned char, 8> some{};
  if (at < bytes.size())
    std::memcpy(some.data(), bytes.data() + at, std::min(bytes.size() - at, some.size()));
  uint64_t out = 0;
  for (const unsigned char byte : some) out = out << 8 | byte;
  return out;
}

/// Rows that are worked on at a time.
constexpr int64_t kBlockRows = 1 << 17;

/// Calls body(first, last) for blocks of [0, rows).
void for_each_block(ThreadPool& threads, int64_t rows,
                    const std::function<void(int64_t, int64_t)>& body) {
  threads.parallel_for((rows + kBlockRows - 1) / kBlockRows, [&](int64_t block) {
    body(block * kBlockRows, std::min(rows, (block + 1) * kBlockRows));
  });
}

/// Blocks are sorted, then pairs of neighbours merged, until there is one. REQUIRES an order of all values.
template <class Value, class Less>
void sort_blocks(ThreadPool& threads, PagedVector<Value>& values, const Less& less) {
  const auto rows = std::ssize(values);
  const auto at = [&](int64_t row) { return values.begin() + std::min<int64_t>(row, rows); };
  for_each_block(threads, rows,
                 [&](int64_t first, int64_t last) { std::sort(at(first), at(last), less); });
  for (int64_t size = kBlockRows; size < rows; size *= 2) {
    threads.parallel_for((rows + 2 * size - 1) / (2 * size), [&](int64_t pair) {
      const int64_t first = pair * 2 * size;
      std::inplace_merge(at(first), at(first + size), at(first + 2 * size), less);
    });
  }
}

/// The bytes of a row's key in a buffer that is used again.
const std::string& key_bytes(const std::vector<const ColumnData*>& key, int64_t row,
                             std::string& buffer) {
  buffer.clear();
  for (const auto* column : key) append_key_bytes(*column, row, buffer);
  return buffer;
}

/// The rows by (time, key bytes in the order of memcmp); what the key does not tell apart (there is none, or a null in it)
/// the other columns do. Rows that are equal in those too may stand in any order.
PagedVector<int64_t> order_rows(const PagedVector<int64_t>& time,
                                const std::vector<const ColumnData*>& key,
                                const std::vector<const ColumnData*>& others, ThreadPool& threads) {
  PagedVector<Place> places(time.size());
  for_each_block(threads, std::ssize(places), [&](int64_t first, int64_t last) {
    std::string bytes;
    for (int64_t row = first; row < last; ++row) {
      key_bytes(key, row, bytes);
      places[row] = {time[row], word_at(bytes, 0), word_at(bytes, 8), row};
    }
  });
  sort_blocks(threads, places, [&](const Place& a, const Place& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.key_begin != b.key_begin) return a.key_begin < b.key_begin;
    if (a.key_more != b.key_more) return a.key_more < b.key_more;
    if (!key.empty()) {
      thread_local std::string here, there;
      const int way = key_bytes(key, a.row, here).compare(key_bytes(key, b.row, there));
      if (way != 0) return way < 0;
    }
    for (const auto* column : others) {
      if (const int way = compare_values(*column, a.row, b.row); way != 0) return way < 0;
    }
    return a.row < b.row;
  });
  PagedVector<int64_t> out;
  out.reserve(places.size());
  for (const Place& place : places) out.push_back(place.row);
  return out;
}

StoredTable load_table(const Snapshot& snapshot, const Schema& schema, const Table& table,
                       const HiddenColumns& hidden, ThreadPool& threads, const Hooks& hooks) {
  const auto needed = needed_columns(schema, table);
  std::vector<std::string> names;
  for (const auto c : needed) names.push_back(table.columns[c].name);
  std::vector<ColumnData> raw = snapshot.read_columns(table.name, names, &threads);
  const int64_t rows = raw.empty() ? table.rows : raw.front().size();
  CENOTE_CHECK(rows < INT32_MAX, unsupported, "table '{}' has {} rows; at most {} are supported",
               table.name, rows, INT32_MAX - 1);

  StoredTable out;
  out.name = table.name;
  out.rows = rows;
  out.timed = !table.time_column.empty();
  PagedVector<int64_t> time(static_cast<size_t>(rows), kTimeAlways);
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

  std::vector<const ColumnData*> key, others;
  for (const auto& name : table.primary_key) key.push_back(&raw[position(name)]);
  for (size_t i = 0; i < raw.size(); ++i) {
    if (std::find(hidden.begin(), hidden.end(), std::pair(table.name, names[i])) == hidden.end())
      others.push_back(&raw[i]);
  }
  const PagedVector<int64_t> order = order_rows(time, key, others, threads);
  out.snapshot_row = order;
  out.time.resize(order.size());
  out.key_hash.resize(order.size());
  for_each_block(threads, rows, [&](int64_t first, int64_t last) {
    std::string bytes;
    for (int64_t i = first; i < last; ++i) {
      const int64_t row = order[i];
      out.time[i] = time[row];
      uint64_t hash = key.empty() ? 0 : hash_bytes(key_bytes(key, row, bytes));
      if (key.empty() || is_null(key, row)) hash = hash_combine(hash, hash_values(others, row));
      out.key_hash[i] = hash;
    }
  });
  out.columns.resize(table.columns.size());
  threads.parallel_for(std::ssize(needed), [&](int64_t i) {
    out.columns[needed[i]] = take_rows(raw[i], order);
    raw[i] = ColumnData();  // the store and its unsorted copy never lie in memory together
  });
  return out;
}

}  // namespace

ColumnStore load_columns(const Snapshot& snapshot, const Schema& schema,
                         const HiddenColumns& hidden, ThreadPool& threads, const Hooks& hooks) {
  ColumnStore store;
  for (const Table& table : schema.tables) {
    Progress progress;
    progress.phase = "load";
    progress.done = static_cast<int64_t>(store.tables.size());
    progress.total = static_cast<int64_t>(schema.tables.size());
    hooks.report(progress);
    if (hooks.is_cancelled())
      fail(ErrorCode::cancelled, "interrupted while loading table '{}'", table.name);
    store.tables.push_back(load_table(snapshot, schema, table, hidden, threads, hooks));
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
