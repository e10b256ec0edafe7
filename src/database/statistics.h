// SPDX-License-Identifier: Apache-2.0
// Counts over the visible rows of a table, for type inference.
#pragma once

#include <string>
#include <vector>

#include "database/duckdb.h"
#include "schema/infer_type.h"

namespace cenote {

/// Statistics of the columns at `positions`, over rows whose time is <= visible_until (all rows of a
/// table without time column). The same for any order of the rows.
std::vector<ColumnStatistics> column_statistics(const DuckDatabase& database, const Table& table,
                                                const std::vector<size_t>& positions,
                                                int64_t visible_until);

}  // namespace cenote
