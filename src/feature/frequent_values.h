// SPDX-License-Identifier: Apache-2.0
// The values of a column that are worth a feature each.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "feature/feature.h"

namespace cenote {

/// Words of a text that are worth a feature.
inline constexpr size_t kWords = 24;
/// A number with no more values than this is also a category.
inline constexpr size_t kFewValues = 12;

/// The most frequent values of a column's rows that are visible to training, or the words of its texts; the most
/// frequent first. Of a category kFewValues + 1 at most, so that "few" can be seen.
///
/// Cost      one look at 250,000 evenly spread ones of these rows, or at all where there are fewer; of a number only as
///           far as it takes to see many values.
class FrequentValues {
 public:
  FrequentValues(const FeatureSpace& space, int64_t visible_until)
      : space_(space), until_(visible_until) {}

  const std::vector<std::string>& of(int32_t table, int32_t column);

 private:
  std::vector<std::string> count(int32_t table, int32_t column) const;
  std::vector<int32_t> seen_rows(const StoredTable& stored) const;
  static bool has_many_values(const ColumnData& data, std::span<const int32_t> rows);

  const FeatureSpace& space_;
  int64_t until_;
  std::map<std::pair<int32_t, int32_t>, std::vector<std::string>> known_;
};

}  // namespace cenote
