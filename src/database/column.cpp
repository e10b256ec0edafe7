// SPDX-License-Identifier: Apache-2.0
#include "database/column.h"

#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/time.h"

namespace cenote {
namespace {

/// An unsigned word as big-endian bytes, so that memcmp compares as the numbers do.
void append_word(uint64_t word, std::string& out) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(word >> (56 - 8 * i) & 0xff);
  out.append(bytes, sizeof bytes);
}

}  // namespace

ColumnData make_column(StorageType type) {
  ColumnData column;
  column.type = type;
  if (type == StorageType::utf8) column.offsets.push_back(0);
  return column;
}

void append_null(ColumnData& column) {
  column.valid.push_back(0);
  switch (column.type) {
    case StorageType::float64: column.reals.push_back(0); break;
    case StorageType::utf8:
      column.offsets.push_back(static_cast<int64_t>(column.bytes.size()));
      break;
    default: column.integers.push_back(0);
  }
}

void append_integer(ColumnData& column, int64_t value) {
  column.valid.push_back(1);
  column.integers.push_back(value);
}

void append_real(ColumnData& column, double value) {
  column.valid.push_back(1);
  column.reals.push_back(value);
}

void append_text(ColumnData& column, std::string_view value) {
  column.valid.push_back(1);
  column.bytes.append(value);
  column.offsets.push_back(static_cast<int64_t>(column.bytes.size()));
}

ColumnData take_rows(const ColumnData& column, std::span<const int64_t> order) {
  ColumnData out = make_column(column.type);
  out.valid.reserve(order.size());
  out.integers.reserve(column.integers.empty() ? 0 : order.size());
  out.reals.reserve(column.reals.empty() ? 0 : order.size());
  out.offsets.reserve(column.offsets.empty() ? 0 : order.size() + 1);
  for (const int64_t row : order) {
    if (!column.is_valid(row)) {
      append_null(out);
    } else if (column.type == StorageType::utf8) {
      append_text(out, column.text(row));
    } else if (column.type == StorageType::float64) {
      append_real(out, column.reals[static_cast<size_t>(row)]);
    } else {
      append_integer(out, column.integers[static_cast<size_t>(row)]);
    }
  }
  return out;
}

void append_key_bytes(const ColumnData& column, int64_t row, std::string& out) {
  if (!column.is_valid(row)) {
    out += '\0';
    return;
  }
  out += '\1';
  if (column.type == StorageType::utf8) {
    // A zero byte inside becomes 00 FF and the end is 00 01: no text is a prefix of another, and
    // shorter sorts before longer.
    for (const char c : column.text(row)) {
      out += c;
      if (c == '\0') out += '\xff';
    }
    out += '\0';
    out += '\1';
    return;
  }
  constexpr uint64_t kSign = uint64_t{1} << 63;
  if (column.type != StorageType::float64) {
    append_word(static_cast<uint64_t>(column.integers[static_cast<size_t>(row)]) ^ kSign, out);
    return;
  }
  const double value = column.reals[static_cast<size_t>(row)] + 0.0;  // -0.0 and 0.0 are one key
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  append_word(bits & kSign ? ~bits : bits | kSign, out);
}

std::string value_text(const ColumnData& column, int64_t row) {
  if (!column.is_valid(row)) return "";
  switch (column.type) {
    case StorageType::utf8: return std::string(column.text(row));
    case StorageType::boolean:
      return column.integers[static_cast<size_t>(row)] != 0 ? "true" : "false";
    case StorageType::time: return format_time(column.integers[static_cast<size_t>(row)]);
    case StorageType::float64: {
      // A whole number reads the same whether its source stored it as integer or as float.
      const double value = column.reals[static_cast<size_t>(row)];
      if (std::trunc(value) == value && std::fabs(value) < 1e15) {
        return fmt::format("{}", static_cast<int64_t>(value));
      }
      return fmt::format("{}", value);
    }
    case StorageType::int64: break;
  }
  return fmt::format("{}", column.integers[static_cast<size_t>(row)]);
}

}  // namespace cenote
