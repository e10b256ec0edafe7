// SPDX-License-Identifier: Apache-2.0
// DuckDB's vectors -> columns in canonical types.
#pragma once

#include <duckdb.h>

#include "database/snapshot.h"  // QueryResult

namespace cenote {

/// Names and empty columns for a result. Errors    unsupported, naming a column without canonical type.
QueryResult begin_result(duckdb_result& result);
/// Appends the rows of a chunk. NaN and infinities stay as they are; infinite times become kTimeNever.
void append_chunk(duckdb_data_chunk chunk, QueryResult& out);

}  // namespace cenote
