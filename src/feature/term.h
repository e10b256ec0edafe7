// SPDX-License-Identifier: Apache-2.0
// Terms: what each row of a table contributes to a feature, as numbers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/threads.h"
#include "feature/feature.h"

namespace cenote {

/// A column's values as small integers: equal values have equal codes, -1 is none.
struct ValueCodes {
  std::vector<int32_t> code;        // [N]
  std::vector<std::string> values;  // by code, as a person reads them
};
ValueCodes value_codes(const ColumnData& column);

/// Calls `use` with each word of a text, lower-case: runs of letters, digits and bytes beyond ASCII.
void each_word(std::string_view text, const std::function<void(const std::string&)>& use);

/// Which of some words each text of a column has: the texts are read once, however many words are asked for.
class WordMarks {
 public:
  WordMarks(const ColumnData& column, std::vector<std::string> words);
  /// The place of a word, or -1 for one that was not asked for.
  int64_t find(const std::string& word) const;
  bool has(int64_t row, int64_t word) const {
    return (marks_[row * blocks_ + word / 64] >> (word % 64) & 1) != 0;
  }

 private:
  std::vector<std::string> words_;  // ascending
  int64_t blocks_;
  std::vector<uint64_t> marks_;  // [N, blocks]
};

/// (table, column) of texts.
using ColumnWords = std::map<std::pair<int32_t, int32_t>, WordMarks>;

/// The words that features ask for, of all texts, each text read once.
ColumnWords words_asked_for(const FeatureSpace& space, std::span<const Feature> features,
                            ThreadPool& threads);

/// Equal for terms that make the same numbers.
std::string term_key(const Term& term);

/// Makes the terms of one table's rows; codes of columns are made once and kept.
///
/// Units      times are days since 1970. NaN where there is no value.
/// Threads    one maker a thread.
class TermMaker {
 public:
  /// `words`: those of all terms that are made; it must outlive the maker.
  TermMaker(const FeatureSpace& space, int32_t row_table, const ColumnWords& words)
      : space_(space), table_(row_table), words_(words) {}
  /// [N] one number a row of the table. REQUIRES a term of columns, not of labels.
  std::vector<double> make(const Term& term);

 private:
  const ColumnData& data(const ColumnRef& ref) const;
  /// [N] the row of the column's table for each row, or -1: no parent, or one from later.
  std::vector<int32_t> source_rows(const ColumnRef& ref) const;
  const ValueCodes& codes(const ColumnRef& ref);

  const FeatureSpace& space_;
  int32_t table_;
  const ColumnWords& words_;
  std::map<std::pair<Path, int32_t>, ValueCodes> codes_;
};

}  // namespace cenote
