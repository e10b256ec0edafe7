// SPDX-License-Identifier: Apache-2.0
#include "database/write_parquet.h"

#include <duckdb.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/files.h"
#include "database/settings.h"

namespace cenote {
namespace {

struct Types {
  std::vector<duckdb_logical_type> handles;
  ~Types() {
    for (auto& handle : handles) duckdb_destroy_logical_type(&handle);
  }
};
struct Chunk {
  duckdb_data_chunk handle = nullptr;
  ~Chunk() { duckdb_destroy_data_chunk(&handle); }
};

duckdb_type type_of(StorageType storage) {
  switch (storage) {
    case StorageType::int64: return DUCKDB_TYPE_BIGINT;
    case StorageType::float64: return DUCKDB_TYPE_DOUBLE;
    case StorageType::utf8: return DUCKDB_TYPE_VARCHAR;
    case StorageType::boolean: return DUCKDB_TYPE_BOOLEAN;
    case StorageType::time: return DUCKDB_TYPE_TIMESTAMP;
  }
  fail(ErrorCode::internal, "a storage type without a name");
}

std::string_view sql_name(StorageType storage) {
  switch (storage) {
    case StorageType::int64: return "BIGINT";
    case StorageType::float64: return "DOUBLE";
    case StorageType::utf8: return "VARCHAR";
    case StorageType::boolean: return "BOOLEAN";
    case StorageType::time: return "TIMESTAMP";
  }
  fail(ErrorCode::internal, "a storage type without a name");
}

/// Rows [begin, begin + count) of a column into a fresh vector of a chunk.
void fill_vector(const ColumnData& column, int64_t begin, int64_t count, duckdb_vector vector) {
  void* data = duckdb_vector_get_data(vector);
  duckdb_vector_ensure_validity_writable(vector);
  uint64_t* validity = duckdb_vector_get_validity(vector);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t row = begin + i;
    const auto at = static_cast<size_t>(row);
    if (!column.is_valid(row)) {
      duckdb_validity_set_row_invalid(validity, static_cast<idx_t>(i));
    } else if (column.type == StorageType::utf8) {
      const std::string_view text = column.text(row);
      duckdb_vector_assign_string_element_len(vector, static_cast<idx_t>(i), text.data(),
                                              text.size());
    } else if (column.type == StorageType::float64) {
      static_cast<double*>(data)[i] = column.reals[at];
    } else if (column.type == StorageType::boolean) {
      static_cast<bool*>(data)[i] = column.integers[at] != 0;
    } else {
      static_cast<int64_t*>(data)[i] = column.integers[at];
    }
  }
}

}  // namespace

void DuckDatabase::append(const std::string& table, const QueryResult& rows) const {
  Types types;
  for (const ColumnData& column : rows.columns) {
    types.handles.push_back(duckdb_create_logical_type(type_of(column.type)));
  }
  duckdb_appender appender = nullptr;
  const auto give_up = [&] {
    const char* error = duckdb_appender_error(appender);
    const std::string message = error == nullptr ? "no memory" : error;
    duckdb_appender_destroy(&appender);
    fail(ErrorCode::database, "{}", redact(message));
  };
  if (duckdb_appender_create(connection_, nullptr, table.c_str(), &appender) != DuckDBSuccess)
    give_up();
  const auto step = static_cast<int64_t>(duckdb_vector_size());
  for (int64_t begin = 0; begin < rows.rows; begin += step) {
    const int64_t count = std::min(step, rows.rows - begin);
    const Chunk chunk{duckdb_create_data_chunk(types.handles.data(), types.handles.size())};
    for (size_t i = 0; i < rows.columns.size(); ++i) {
      fill_vector(rows.columns[i], begin, count, duckdb_data_chunk_get_vector(chunk.handle, i));
    }
    duckdb_data_chunk_set_size(chunk.handle, static_cast<idx_t>(count));
    if (duckdb_append_data_chunk(appender, chunk.handle) != DuckDBSuccess) give_up();
  }
  if (duckdb_appender_close(appender) != DuckDBSuccess) give_up();
  duckdb_appender_destroy(&appender);
}

void write_parquet_file(const std::filesystem::path& file, const QueryResult& rows) {
  CENOTE_ASSERT(!rows.columns.empty() && rows.names.size() == rows.columns.size());
  const TemporaryFolder folder(".cenote", file.has_parent_path() ? file.parent_path() : ".");
  const std::filesystem::path written = folder.path() / "rows.parquet";
  try {
    const DuckDatabase database = open_loader({}, folder.path());
    std::string columns;
    for (size_t i = 0; i < rows.names.size(); ++i) {
      columns += fmt::format("{}{} {}", i == 0 ? "" : ", ", quote_identifier(rows.names[i]),
                             sql_name(rows.columns[i].type));
    }
    database.execute(fmt::format("CREATE TABLE rows ({})", columns));
    database.append("rows", rows);
    database.execute(fmt::format("COPY rows TO {} (FORMAT parquet, COMPRESSION zstd)",
                                 quote_literal(written.string())));
  } catch (const Error& e) {
    fail(e.code(), "cannot write '{}': {}", file.string(), e.what());
  }
  move_into_place(written, file);
}

}  // namespace cenote
