// SPDX-License-Identifier: Apache-2.0
// Columns in memory -> one Parquet file.
#pragma once

#include <filesystem>

#include "database/snapshot.h"  // QueryResult

namespace cenote {

/// Writes the whole file or nothing: beside its final name, synced, renamed. int64 becomes BIGINT,
/// float64 DOUBLE, utf8 VARCHAR, boolean BOOLEAN, time TIMESTAMP (microseconds, UTC); invalid is null.
/// Errors    bad_input for two columns of one name (case does not tell them apart) or text that is no
///           UTF-8; io; database with the path and DuckDB's message.
void write_parquet_file(const std::filesystem::path& file, const QueryResult& rows);

}  // namespace cenote
