// SPDX-License-Identifier: Apache-2.0
// CSV files: the header is read here, every value comes as text, types are decided over all rows
// (untyped.h). DuckDB's own sniffer is not asked: it guesses from a sample, reads 01/02/2020 by luck and
// takes a ragged file for one of a single column.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "database/duckdb.h"

namespace cenote {

/// Fields of the first line; quotes may enclose the delimiter, doubled quotes are one.
std::vector<std::string> split_csv_line(std::string_view line, char delimiter);

/// What follows FROM: every column as VARCHAR under its name in the header. Unquoted nothing is null.
/// Errors    bad_input, naming the file: no header line, or a first line that is no header.
std::string csv_relation(const std::filesystem::path& file, const DuckDatabase& loader);

/// DuckDB's error about a CSV file as one sentence with the line: "line 3: 2 columns expected, found 3".
std::string shorten_csv_error(const std::string& message, const std::filesystem::path& file);

}  // namespace cenote
