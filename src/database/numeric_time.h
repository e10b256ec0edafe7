// SPDX-License-Identifier: Apache-2.0
// Whole numbers as instants: counted since 1970, or a date written as digits.
//
// The form is that of most values: the first calendar form in which half of them are dates (YYYYMMDD,
// YYYYMMDDhhmmss, YYYYMMDDhhmm, YYYYMM, YYYY), else the unit since 1970 that puts the median into the years
// 1800 to 2200 (zeros left out). A value that does not fit is refused and never bends the form of the others, so the rows of
// a later day cannot change how earlier ones read.
#pragma once

#include "database/stage.h"

namespace cenote {

struct NumericTime {
  std::string form;        // "seconds since 1970-01-01 UTC", "dates written YYYYMMDD", ...
  std::string expression;  // SQL over the column: the instant
  std::string misfit;      // SQL over the column: true for a value that is none in this form
  bool calendar = false;   // digits of a date
  bool year = false;       // nothing but a year
};

/// The form of the whole numbers of a column of the snapshot.
NumericTime find_numeric_time(const Table& table, const std::string& column, const Stage& stage);

/// Converts a time column.
/// Errors    bad_input naming table, column, row and what could be done, if a value does not fit.
void convert_numbers_to_time(Table& table, const std::string& column, const Stage& stage);

/// Converts a column that is declared as a timestamp; values that do not fit become missing, counted.
void convert_declared_numbers(Table& table, const std::string& column, const Stage& stage);

}  // namespace cenote
