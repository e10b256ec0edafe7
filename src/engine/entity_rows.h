// SPDX-License-Identifier: Apache-2.0
// Entities by what users call them: keys to rows, rows to seeds.
#pragma once

#include <string>
#include <vector>

#include "engine/prepared.h"

namespace cenote {

/// The column that names the rows of a table, or null: rows are then named by their number.
const ColumnData* key_column(const Prepared& prepared, int32_t table);
/// That of the entity table.
const ColumnData* entity_key(const Prepared& prepared);
/// That column's name in predictions; "row" where there is none.
std::string entity_key_name(const Prepared& prepared);
/// A row's key as text, or its number.
std::string entity_text(const Prepared& prepared, int64_t row);

/// The rows of the keys, in their order.
/// Errors    bad_input if the table has no key of one column; not_found for a key that it does not have.
std::vector<int64_t> entity_rows(const Prepared& prepared, const std::vector<std::string>& keys);

/// The seed of a row at a time, as predictions at a time have it. `frame`: of a task of several windows, which one.
Seed entity_seed(const Prepared& prepared, int64_t row, int64_t time, int64_t frame = 1);

}  // namespace cenote
