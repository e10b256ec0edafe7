// SPDX-License-Identifier: Apache-2.0
// Terms: what each row of a table contributes to a feature, as numbers.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "feature/feature.h"

namespace cenote {

/// A column's values as small integers: equal values have equal codes, -1 is none.
struct ValueCodes {
  std::vector<int32_t> code;        // [N]
  std::vector<std::string> values;  // by code, as a person reads them
};
ValueCodes value_codes(const ColumnData& column);
/// Likewise of some rows, -1 of them for none.
ValueCodes value_codes(const ColumnData& column, std::span<const int32_t> rows);

/// Calls `use` with each word of a text, lower-case: runs of letters, digits and bytes beyond ASCII.
void each_word(std::string_view text, const std::function<void(const std::string&)>& use);

/// Which of some words each of some texts has: the texts are read once, however many words are asked for.
class WordMarks {
 public:
  /// `rows` of a column; -1 is a text without words.
  WordMarks(const ColumnData& column, std::span<const int32_t> rows,
            std::vector<std::string> words);
  /// The place of a word, or -1 for one that was not asked for.
  int64_t find(const std::string& word) const;
  /// `i`: a place in `rows`.
  bool has(int64_t i, int64_t word) const {
    return (marks_[i * blocks_ + word / 64] >> (word % 64) & 1) != 0;
  }

 private:
  std::vector<std::string> words_;  // ascending
  int64_t blocks_;
  std::vector<uint64_t> marks_;  // [rows, blocks]
};

/// Equal for terms that make the same numbers.
std::string term_key(const Term& term);

/// Makes the terms of some rows of a table; what a column gives is found once and kept.
///
/// Units      times are days since 1970. NaN where there is no value.
/// Cost       O(rows) a term, however large the table is.
/// Threads    one maker a thread.
class TermMaker {
 public:
  /// `terms`: all that will be made, of columns and not of labels; they and `rows` must outlive the maker.
  TermMaker(const FeatureSpace& space, int32_t row_table, std::span<const int32_t> rows,
            std::span<const Term* const> terms)
      : space_(space), table_(row_table), rows_(rows), terms_(terms) {}
  /// One number for each of the rows.
  std::vector<double> make(const Term& term);

 private:
  using Key = std::pair<Path, int32_t>;  // of a column

  const ColumnData& data(const ColumnRef& ref) const;
  /// The row of the column's table for each of the rows, or -1: no parent, or one from later.
  const std::vector<int32_t>& source_rows(const Path& up);
  const ValueCodes& codes(const ColumnRef& ref);
  /// 1 where it holds, 0 where not, NaN where there is no value.
  std::vector<double> indicator(const Condition& condition);
  const WordMarks& words(const ColumnRef& ref);

  const FeatureSpace& space_;
  int32_t table_;
  std::span<const int32_t> rows_;
  std::span<const Term* const> terms_;
  std::map<Path, std::vector<int32_t>> source_rows_;
  std::map<Key, ValueCodes> codes_;
  std::map<Key, WordMarks> words_;
};

}  // namespace cenote
