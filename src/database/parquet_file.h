// SPDX-License-Identifier: Apache-2.0
// One Parquet file beside the database (label tables come in such files).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "database/snapshot.h"  // QueryResult

namespace cenote {

/// What becomes of a column of lists, which have no canonical type: a text a list, or a row an element.
enum class ListsAs { text, rows };

/// Reads those of `columns` that a Parquet file has (names ignoring case), in the file's order; the column `list`
/// as `lists` says.
/// Errors    not_found, io, bad_input (no regular file), database with the path and DuckDB's message.
QueryResult read_parquet_file(const std::filesystem::path& file,
                              const std::vector<std::string>& columns, const std::string& list = {},
                              ListsAs lists = ListsAs::text);

}  // namespace cenote
