// SPDX-License-Identifier: Apache-2.0
#include "schema/infer_type.h"

#include "base/check.h"
#include "schema/names.h"

namespace cenote {
namespace {

/// 20323 -> "20,323".
std::string grouped(int64_t n) {
  std::string digits = std::to_string(n);
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(digits.begin() + at, ',');
  return digits;
}

/// Few values, each of them frequent: the rarest is at least one row in a hundred and ten in all.
bool few_frequent(const ColumnStatistics& s) {
  return s.rarest >= 10 && s.rarest * 100 >= s.values;
}

TypeGuess guess_whole_number(const std::string& name, const ColumnStatistics& s,
                             const std::string& counts) {
  if (s.distinct == 2 && s.min == 0 && s.max == 1)
    return {ColumnType::boolean, s.storage, 0.95, "only 0 and 1"};
  if (few_frequent(s)) return {ColumnType::category, s.storage, 0.8, counts + ", all frequent"};
  const bool coded = is_code_name(name);
  if (coded && s.distinct == s.values && s.values >= 20) {
    return {ColumnType::ignored, s.storage, 0.7, "an identifier: every value occurs once"};
  }
  if (coded && s.distinct * 2 <= s.values) {
    return {ColumnType::category, s.storage, 0.7, counts + ", and named like a code"};
  }
  return {ColumnType::number, s.storage, 0.8, counts};
}

TypeGuess guess_text(const std::string& database_type, const ColumnStatistics& s,
                     const std::string& counts) {
  if (s.time_texts == s.values)
    return {ColumnType::timestamp, StorageType::time, 0.9, "every value reads as a time"};
  if (database_type == "UUID" && s.distinct == s.values) {
    return {ColumnType::ignored, s.storage, 0.9, "an identifier: every value occurs once"};
  }
  if (database_type.starts_with("ENUM") || few_frequent(s))
    return {ColumnType::category, s.storage, 0.9, counts};
  if (s.distinct * 2 <= s.values && s.mean_words < 4)
    return {ColumnType::category, s.storage, 0.7, counts};
  return {ColumnType::text, s.storage, 0.7,
          fmt::format("{}, {:.1f} words each", counts, s.mean_words)};
}

}  // namespace

TypeGuess infer_column_type(const std::string& name, const std::string& database_type,
                            const ColumnStatistics& s) {
  const auto ignored = [&](const std::string& why) {
    return TypeGuess{ColumnType::ignored, s.storage, 1, why};
  };
  if (s.rows == 0) return ignored("no row is visible to training");
  if (s.values == 0) return ignored(fmt::format("no value in {} rows", grouped(s.rows)));
  if (s.distinct == 1 && s.values == s.rows) {
    return ignored(fmt::format("constant: '{}' in all {} rows", s.example, grouped(s.rows)));
  }
  const std::string counts =
      fmt::format("{}{} distinct value{} in {} rows", s.rarest == 0 ? "about " : "",
                  grouped(s.distinct), s.distinct == 1 ? "" : "s", grouped(s.rows));
  if (s.distinct == 1) return {ColumnType::category, s.storage, 0.6, "one value or none"};
  switch (s.storage) {
    case StorageType::boolean: return {ColumnType::boolean, s.storage, 1, "boolean"};
    case StorageType::time: return {ColumnType::timestamp, s.storage, 1, "a time"};
    case StorageType::utf8: return guess_text(database_type, s, counts);
    case StorageType::int64:
    case StorageType::float64: break;
  }
  if (s.whole < s.values) return {ColumnType::number, s.storage, 1, counts};
  // An amount, however few there are: nobody gives codes digits after the point.
  if (database_type.starts_with("DECIMAL") && !database_type.ends_with(",0)"))
    return {ColumnType::number, s.storage, 0.9, counts + ", a decimal"};
  return guess_whole_number(name, s, counts);
}

}  // namespace cenote
