// SPDX-License-Identifier: Apache-2.0
// The encoders of all columns of a table.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/threads.h"
#include "encode/encode.h"

namespace cenote {

/// Where the codes of one column stand among those of a row: the fixed ones first, then the learned ones.
struct CodedColumn {
  std::string name;
  int64_t begin = 0, width = 0;
};

/// A table's codes: the fixed ones side by side, the learned ones column by column. Row N is missing.
struct TableCodes {
  int64_t rows = 0;
  int64_t fixed_width = 0;
  PagedVector<float> fixed;  // [N + 1, fixed_width]
  std::vector<std::string> learned_names;
  std::vector<ColumnCodes> learned;
  std::vector<CodedColumn> columns;  // by `begin`; none where no column is encoded
  int64_t width() const;             // of all codes together; at least 1
};

/// Fitted encoders of a table's columns, in schema order. A table without any column to encode gets one
/// fixed code that is 1.
///
/// Threads    where there are some, one fits a column at a time, and encodes a block of its rows.
class TableEncoder {
 public:
  /// Fits the default encoder of every column whose name is not in `removed`, on the visible rows;
  /// `chosen` has options of encoders ("encode.number") that are not to have their defaults.
  static TableEncoder fit(const Table& table, const std::vector<ColumnData>& columns,
                          const std::vector<std::string>& removed,
                          std::span<const int64_t> visible_rows, const EntryOptions& chosen = {},
                          ThreadPool* threads = nullptr);
  /// Errors    bad_input for a state that no save() can have written.
  static TableEncoder load(const nlohmann::json& state);
  nlohmann::json save() const;

  /// Errors    bad_schema if a column that was fitted is gone or has another storage type; bad_input if it is
  ///           of a type that its encoder does not read, or not as long as the table.
  TableCodes encode(const Table& table, const std::vector<ColumnData>& columns,
                    ThreadPool* threads = nullptr) const;
  /// The codes of no rows: which columns have codes, and where. Errors    as encode().
  TableCodes layout(const Table& table) const;

 private:
  struct FittedColumn {
    std::string name;
    std::string encoder;
    Options options;
    StorageType storage;
    std::shared_ptr<ColumnEncoder> fitted;
  };
  std::string table_;
  std::vector<FittedColumn> columns_;
};

}  // namespace cenote
