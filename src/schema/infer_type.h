// SPDX-License-Identifier: Apache-2.0
// What the values of a column mean, from counts over its visible rows.
#pragma once

#include <cstdint>
#include <string>

#include "schema/schema.h"

namespace cenote {

/// Counts over the rows that training may see. Texts only: the last two.
struct ColumnStatistics {
  StorageType storage = StorageType::utf8;
  int64_t rows = 0;
  int64_t values = 0;       // not null
  int64_t distinct = 0;     // exact below kManyDistinct, else an estimate
  int64_t rarest = 0;       // rows of the rarest value; 0 where distinct is an estimate
  int64_t whole = 0;        // numbers: values without a fraction
  double min = 0, max = 0;  // numbers
  std::string example;      // the smallest value, as text
  double mean_words = 0;
  int64_t time_texts = 0;  // values that read as a time
};

/// Above this many distinct values a column is not counted value by value.
inline constexpr int64_t kManyDistinct = 20'000;

struct TypeGuess {
  ColumnType type = ColumnType::ignored;
  StorageType storage = StorageType::utf8;  // texts that are times are read as times
  double confidence = 1;
  std::string reason;
};

/// The semantic type of a column that is neither a key nor the time column.
///
/// Rules, first match wins: nothing or one thing -> ignored; 0/1 -> boolean; times; numbers with a
/// fraction; whole numbers and texts with few values, each of them frequent -> category; identifiers
/// -> ignored; other whole numbers -> number; other texts -> text.
/// Source    the rule of thumb of RelBench's loader (torch_frame's column types): few values of which
///           the rarest is frequent are categories.
TypeGuess infer_column_type(const std::string& name, const std::string& database_type,
                            const ColumnStatistics& statistics);

}  // namespace cenote
