// SPDX-License-Identifier: Apache-2.0
// A column in memory, in one of the five canonical types.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/paged_memory.h"
#include "schema/schema.h"

namespace cenote {

/// N values of one type with a validity byte each; an invalid value's slot holds 0 or "".
struct ColumnData {
  StorageType type = StorageType::int64;
  PagedVector<uint8_t> valid;     // [N], 1 = there is a value
  PagedVector<int64_t> integers;  // [N] for int64, boolean (0/1) and time (microseconds)
  PagedVector<double> reals;      // [N] for float64
  PagedVector<int64_t> offsets;   // [N + 1] for utf8
  PagedString bytes;              // utf8, all values one after the other

  int64_t size() const { return static_cast<int64_t>(valid.size()); }
  bool is_valid(int64_t row) const { return valid[static_cast<size_t>(row)] != 0; }
  std::string_view text(int64_t row) const {
    const auto begin = offsets[static_cast<size_t>(row)];
    return {bytes.data() + begin,
            static_cast<size_t>(offsets[static_cast<size_t>(row) + 1] - begin)};
  }
  /// The value as a number (int64, boolean, float64, time in microseconds). REQUIRES not utf8.
  double number(int64_t row) const {
    return type == StorageType::float64 ? reals[static_cast<size_t>(row)]
                                        : static_cast<double>(integers[static_cast<size_t>(row)]);
  }
};

/// An empty column of a type, ready for append_value().
ColumnData make_column(StorageType type);
/// Appends one value; a null has valid = false.
void append_null(ColumnData& column);
void append_integer(ColumnData& column, int64_t value);  // int64, boolean, time
void append_real(ColumnData& column, double value);
void append_text(ColumnData& column, std::string_view value);
/// The rows `order` of a column, in that order.
ColumnData take_rows(const ColumnData& column, std::span<const int64_t> order);
/// Bytes that compare (memcmp) as the values do, nulls first: for sorting and for keys of hash maps.
/// Appends to `out`; self-delimiting, so several columns can follow each other.
void append_key_bytes(const ColumnData& column, int64_t row, std::string& out);
/// The value as a person reads it; "" for null.
std::string value_text(const ColumnData& column, int64_t row);

}  // namespace cenote
