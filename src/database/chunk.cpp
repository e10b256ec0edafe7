// SPDX-License-Identifier: Apache-2.0
#include "database/chunk.h"

#include <cstring>

#include "base/check.h"
#include "base/time.h"

namespace cenote {
namespace {

struct LogicalType {
  duckdb_logical_type handle = nullptr;
  ~LogicalType() { duckdb_destroy_logical_type(&handle); }
};

bool storage_of(duckdb_type type, StorageType& storage) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN: storage = StorageType::boolean; return true;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER: storage = StorageType::int64; return true;
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL: storage = StorageType::float64; return true;
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_ENUM:
    case DUCKDB_TYPE_UUID: storage = StorageType::utf8; return true;
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_TIMESTAMP_TZ: storage = StorageType::time; return true;
    default: return false;
  }
}

/// Multiplies an instant into microseconds; what does not fit, or is infinite, is kTimeNever.
int64_t scale_time(int64_t value, int64_t factor) {
  int64_t out = 0;
  if (value == INT64_MAX || value == -INT64_MAX || __builtin_mul_overflow(value, factor, &out))
    return kTimeNever;
  return out;
}

int64_t ceil_div_1000(int64_t nanos) {
  if (nanos == INT64_MAX || nanos == -INT64_MAX) return kTimeNever;
  return nanos / 1000 + (nanos % 1000 > 0 ? 1 : 0);
}

template <class T, class Convert>
void append_values(const void* data, const uint64_t* validity, idx_t rows, ColumnData& column,
                   Convert convert) {
  const T* values = static_cast<const T*>(data);
  for (idx_t i = 0; i < rows; ++i) {
    if (validity != nullptr && !(validity[i / 64] >> (i % 64) & 1)) {
      append_null(column);
    } else {
      convert(values[i]);
    }
  }
}

/// A decimal of up to 38 digits, correctly rounded enough: the integer is exact below 2^53 and one
/// division follows, as DuckDB's own cast does.
double scaled(double value, uint8_t scale) {
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                       1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
                                       1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29,
                                       1e30, 1e31, 1e32, 1e33, 1e34, 1e35, 1e36, 1e37, 1e38};
  return value / kPowers[scale];
}

void append_vector(duckdb_vector vector, idx_t rows, ColumnData& column) {
  LogicalType type{duckdb_vector_get_column_type(vector)};
  const void* data = duckdb_vector_get_data(vector);
  const uint64_t* validity = duckdb_vector_get_validity(vector);
  const auto integer = [&](auto value) { append_integer(column, static_cast<int64_t>(value)); };
  const auto real = [&](auto value) { append_real(column, static_cast<double>(value)); };
  const auto instant = [&](int64_t factor) {
    return [&column, factor](int64_t value) { append_integer(column, scale_time(value, factor)); };
  };
  switch (const duckdb_type id = duckdb_get_type_id(type.handle)) {
    case DUCKDB_TYPE_BOOLEAN: return append_values<uint8_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_TINYINT: return append_values<int8_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_SMALLINT: return append_values<int16_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_INTEGER: return append_values<int32_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_BIGINT: return append_values<int64_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_UTINYINT: return append_values<uint8_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_USMALLINT:
      return append_values<uint16_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_UINTEGER:
      return append_values<uint32_t>(data, validity, rows, column, integer);
    case DUCKDB_TYPE_UBIGINT: return append_values<uint64_t>(data, validity, rows, column, real);
    case DUCKDB_TYPE_FLOAT: return append_values<float>(data, validity, rows, column, real);
    case DUCKDB_TYPE_DOUBLE: return append_values<double>(data, validity, rows, column, real);
    case DUCKDB_TYPE_HUGEINT:
      return append_values<duckdb_hugeint>(data, validity, rows, column, [&](duckdb_hugeint v) {
        real(duckdb_hugeint_to_double(v));
      });
    case DUCKDB_TYPE_UHUGEINT:
      return append_values<duckdb_uhugeint>(data, validity, rows, column, [&](duckdb_uhugeint v) {
        real(duckdb_uhugeint_to_double(v));
      });
    case DUCKDB_TYPE_DECIMAL: {
      const uint8_t scale = duckdb_decimal_scale(type.handle);
      const auto decimal = [&](auto v) { real(scaled(static_cast<double>(v), scale)); };
      switch (duckdb_decimal_internal_type(type.handle)) {
        case DUCKDB_TYPE_SMALLINT:
          return append_values<int16_t>(data, validity, rows, column, decimal);
        case DUCKDB_TYPE_INTEGER:
          return append_values<int32_t>(data, validity, rows, column, decimal);
        case DUCKDB_TYPE_BIGINT:
          return append_values<int64_t>(data, validity, rows, column, decimal);
        default:
          return append_values<duckdb_hugeint>(data, validity, rows, column, [&](duckdb_hugeint v) {
            real(scaled(duckdb_hugeint_to_double(v), scale));
          });
      }
    }
    case DUCKDB_TYPE_DATE:
      return append_values<int32_t>(data, validity, rows, column, [&](int32_t days) {
        const bool infinite = days == INT32_MAX || days == -INT32_MAX;
        append_integer(column, infinite ? kTimeNever : scale_time(days, kMicrosPerDay));
      });
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return append_values<int64_t>(data, validity, rows, column, instant(1));
    case DUCKDB_TYPE_TIMESTAMP_S:
      return append_values<int64_t>(data, validity, rows, column, instant(kMicrosPerSecond));
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return append_values<int64_t>(data, validity, rows, column, instant(1000));
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return append_values<int64_t>(data, validity, rows, column,
                                    [&](int64_t v) { append_integer(column, ceil_div_1000(v)); });
    case DUCKDB_TYPE_VARCHAR:
      return append_values<duckdb_string_t>(data, validity, rows, column, [&](duckdb_string_t v) {
        append_text(column, {duckdb_string_t_data(&v), duckdb_string_t_length(v)});
      });
    default:
      fail(ErrorCode::internal, "a vector of DuckDB type {} has no canonical form",
           static_cast<int>(id));
  }
}

}  // namespace

QueryResult begin_result(duckdb_result& result) {
  QueryResult out;
  const idx_t count = duckdb_column_count(&result);
  for (idx_t i = 0; i < count; ++i) {
    const char* name = duckdb_column_name(&result, i);
    const duckdb_type type = duckdb_column_type(&result, i);
    StorageType storage{};
    CENOTE_CHECK(
        storage_of(type, storage) && type != DUCKDB_TYPE_ENUM && type != DUCKDB_TYPE_UUID,
        unsupported,
        "column '{}' of the result has a type that cannot be used here; cast it to a number, text, "
        "boolean or timestamp",
        name == nullptr ? "?" : name);
    out.names.emplace_back(name == nullptr ? "" : name);
    out.columns.push_back(make_column(storage));
  }
  return out;
}

void append_chunk(duckdb_data_chunk chunk, QueryResult& out) {
  const idx_t rows = duckdb_data_chunk_get_size(chunk);
  for (size_t i = 0; i < out.columns.size(); ++i) {
    append_vector(duckdb_data_chunk_get_vector(chunk, i), rows, out.columns[i]);
  }
  out.rows += static_cast<int64_t>(rows);
}

}  // namespace cenote
