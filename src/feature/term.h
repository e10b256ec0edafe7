// SPDX-License-Identifier: Apache-2.0
// Terms: what each row of a table contributes to a feature, as numbers.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "feature/feature.h"

namespace cenote {

/// A column's values as small integers: equal values have equal codes, -1 is none.
struct ValueCodes {
  std::vector<int32_t> code;        // [N]
  std::vector<std::string> values;  // by code, as a person reads them
};
ValueCodes value_codes(const ColumnData& column);

/// The different words of a text, lower-case: runs of letters, digits and bytes beyond ASCII.
std::vector<std::string> words_of(std::string_view text);

/// Makes the terms of one table's rows; codes of columns are made once and kept.
///
/// Units      times are days since 1970. NaN where there is no value.
/// Threads    one maker a thread.
class TermMaker {
 public:
  TermMaker(const FeatureSpace& space, int32_t row_table) : space_(space), table_(row_table) {}
  /// [N] one number a row of the table. REQUIRES a term of columns, not of labels.
  std::vector<double> make(const Term& term);

 private:
  const ColumnData& data(const ColumnRef& ref) const;
  /// [N] the row of the column's table for each row, or -1: no parent, or one from later.
  std::vector<int32_t> source_rows(const ColumnRef& ref) const;
  const ValueCodes& codes(const ColumnRef& ref);

  const FeatureSpace& space_;
  int32_t table_;
  std::map<std::pair<Path, int32_t>, ValueCodes> codes_;
};

}  // namespace cenote
