// SPDX-License-Identifier: Apache-2.0
// Copies a source's tables into the snapshot in canonical types.
#pragma once

#include <vector>

#include "database/source.h"

namespace cenote {

/// What every step of opening works on.
struct Stage {
  DuckDatabase& loader;
  std::vector<Finding>& findings;

  void warn(const std::string& code, const std::string& table, const std::string& column,
            const std::string& message) const {
    findings.push_back({code, table, column, message});
  }
};

/// CREATE TABLE AS SELECT of one table, streamed inside DuckDB. The result's columns have their storage
/// types, their declared types where there are any, and no key, link or time column yet.
Table copy_table(const SourceTable& source, const Stage& stage);

/// A table in the snapshot, as SQL names it.
std::string staged_name(const Table& table);

/// False for columns of types that have no canonical form (lists, binary data, times of day, ...).
bool is_readable(const Column& column);

/// Makes the time column a time (texts and whole numbers are converted) and refuses instants that are
/// infinite or do not fit. An empty `column` does nothing.
void settle_time_column(Table& table, const std::string& column, Evidence evidence,
                        const Stage& stage);

/// Gives NaN, infinities and infinite times of other columns no value, counted.
void settle_values(Table& table, const Stage& stage);

/// Changes the storage type of a column in the snapshot: `expression` is SQL over it.
void convert_column(Table& table, const std::string& column, StorageType type,
                    const std::string& expression, const Stage& stage);

/// "row 12 (orderId = 7)": the first row that fulfils a condition, as a message names it.
std::string describe_row(const Table& table, const std::string& condition, const Stage& stage);

}  // namespace cenote
