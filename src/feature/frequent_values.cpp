// SPDX-License-Identifier: Apache-2.0
#include "feature/frequent_values.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "feature/term.h"

namespace cenote {
namespace {

constexpr int64_t kMostRows = 250'000;  // that values are counted in

}  // namespace

const std::vector<std::string>& FrequentValues::of(int32_t table, int32_t column) {
  const auto [at, fresh] = known_.try_emplace({table, column});
  if (fresh) at->second = count(table, column);
  return at->second;
}

std::vector<std::string> FrequentValues::count(int32_t table, int32_t column) const {
  const StoredTable& stored = space_.graph.store.tables[table];
  const ColumnData& data = stored.columns[column];
  std::unordered_map<std::string, int64_t> counts;
  const std::vector<int32_t> rows = seen_rows(stored);
  const ColumnType type = space_.schema.tables[table].columns[column].type;
  const bool words = type == ColumnType::text;
  if (words) {
    std::unordered_map<std::string, int64_t> last_row;  // a word counts once a text
    for (const int32_t row : rows) {
      if (!data.is_valid(row)) continue;
      each_word(data.text(row), [&](const std::string& word) {
        const auto [at, fresh] = last_row.try_emplace(word, row);
        if (!fresh && at->second == row) return;
        at->second = row;
        ++counts[word];
      });
    }
  } else if (type == ColumnType::number && has_many_values(data, rows)) {
    return std::vector<std::string>(kFewValues + 1);  // no category: which they are does not matter
  } else {
    const ValueCodes codes = value_codes(data, rows);
    for (const int32_t code : codes.code) {
      if (code >= 0) ++counts[codes.values[code]];
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

/// Rows that training may see, a prefix of the table: evenly spread ones where there are many.
std::vector<int32_t> FrequentValues::seen_rows(const StoredTable& stored) const {
  const int64_t seen =
      std::upper_bound(stored.time.begin(), stored.time.end(), until_) - stored.time.begin();
  std::vector<int32_t> out;
  for (int64_t row = 0; row < seen; row += seen / kMostRows + 1)
    out.push_back(static_cast<int32_t>(row));
  return out;
}

bool FrequentValues::has_many_values(const ColumnData& data, std::span<const int32_t> rows) {
  std::set<double> found;
  for (size_t i = 0; i < rows.size() && found.size() <= kFewValues; ++i) {
    if (data.is_valid(rows[i]) && std::isfinite(data.number(rows[i])))
      found.insert(data.number(rows[i]));
  }
  return found.size() > kFewValues;
}

}  // namespace cenote
