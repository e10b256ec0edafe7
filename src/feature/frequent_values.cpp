// SPDX-License-Identifier: Apache-2.0
#include "feature/frequent_values.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "feature/term.h"

namespace cenote {

const std::vector<std::string>& FrequentValues::of(int32_t table, int32_t column) {
  const auto [at, fresh] = known_.try_emplace({table, column});
  if (fresh) at->second = count(table, column);
  return at->second;
}

std::vector<std::string> FrequentValues::count(int32_t table, int32_t column) const {
  const StoredTable& stored = space_.graph.store.tables[table];
  const ColumnData& data = stored.columns[column];
  std::unordered_map<std::string, int64_t> counts;
  const auto seen = [&](int64_t row) { return stored.time[row] <= until_ && data.is_valid(row); };
  const ColumnType type = space_.schema.tables[table].columns[column].type;
  const bool words = type == ColumnType::text;
  if (words) {
    std::unordered_map<std::string, int64_t> last_row;  // a word counts once a text
    for (int64_t row = 0; row < stored.rows; ++row) {
      if (!seen(row)) continue;
      each_word(data.text(row), [&](const std::string& word) {
        const auto [at, fresh] = last_row.try_emplace(word, row);
        if (!fresh && at->second == row) return;
        at->second = row;
        ++counts[word];
      });
    }
  } else if (type == ColumnType::number && has_many_values(data, stored)) {
    return std::vector<std::string>(kFewValues + 1);  // no category: which they are does not matter
  } else {
    const ValueCodes codes = value_codes(data);
    std::vector<int64_t> by_code(codes.values.size(), 0);
    for (int64_t row = 0; row < stored.rows; ++row) {
      if (seen(row) && codes.code[row] >= 0) ++by_code[codes.code[row]];
    }
    for (size_t code = 0; code < by_code.size(); ++code) {
      if (by_code[code] > 0) counts[codes.values[code]] += by_code[code];
    }
  }
  std::vector<std::pair<std::string, int64_t>> ranked(counts.begin(), counts.end());
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  // One more than a number may have to count as a category: so that "few" can be seen.
  const size_t kept = words ? kWords : kFewValues + 1;
  if (ranked.size() > kept) ranked.resize(kept);
  std::vector<std::string> out;
  for (auto& [value, count] : ranked) out.push_back(std::move(value));
  return out;
}

/// More than few among the rows that are visible to training, whatever comes later.
bool FrequentValues::has_many_values(const ColumnData& data, const StoredTable& stored) const {
  std::set<double> found;
  for (int64_t row = 0; row < stored.rows && found.size() <= kFewValues; ++row) {
    if (stored.time[row] <= until_ && data.is_valid(row) && std::isfinite(data.number(row)))
      found.insert(data.number(row));
  }
  return found.size() > kFewValues;
}

}  // namespace cenote
