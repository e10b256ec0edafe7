// SPDX-License-Identifier: Apache-2.0
// What tests of encoders share: small columns, encoders by name, codes as plain lists.
#pragma once

#include <gmock/gmock.h>

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "encode/encode.h"

namespace cenote {

inline ColumnData reals(std::initializer_list<std::optional<double>> values) {
  ColumnData column = make_column(StorageType::float64);
  for (const auto& value : values) value ? append_real(column, *value) : append_null(column);
  return column;
}

inline ColumnData integers(std::initializer_list<std::optional<int64_t>> values,
                           StorageType type = StorageType::int64) {
  ColumnData column = make_column(type);
  for (const auto& value : values) value ? append_integer(column, *value) : append_null(column);
  return column;
}

inline ColumnData texts(std::initializer_list<std::optional<std::string>> values) {
  ColumnData column = make_column(StorageType::utf8);
  for (const auto& value : values) value ? append_text(column, *value) : append_null(column);
  return column;
}

inline std::vector<int64_t> all_rows(const ColumnData& column) {
  std::vector<int64_t> rows(static_cast<size_t>(column.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

using OptionTexts = std::vector<std::pair<std::string, std::string>>;

inline std::unique_ptr<ColumnEncoder> make_encoder(const std::string& name,
                                                   const OptionTexts& options = {}) {
  const EncodeEntry& entry = encode_registry().at(name);
  Options values(entry.info.options);
  for (const auto& [option, text] : options) values.set(name, option, text);
  return entry.make(values);
}

/// An encoder that saw all rows of `column`.
inline std::unique_ptr<ColumnEncoder> fitted(const std::string& name, const ColumnData& column,
                                             const OptionTexts& options = {}) {
  auto encoder = make_encoder(name, options);
  encoder->fit(column, all_rows(column));
  return encoder;
}

inline std::vector<float> fixed_row(const ColumnCodes& codes, int64_t row) {
  const auto begin = codes.fixed.begin() + row * codes.width;
  return {begin, begin + codes.width};
}

inline std::vector<int32_t> bag(const ColumnCodes& codes, int64_t row) {
  const auto r = static_cast<size_t>(row);
  return {codes.ids.begin() + codes.offsets[r], codes.ids.begin() + codes.offsets[r + 1]};
}

/// The numbers of one row, each to 1e-4.
inline auto near(const std::vector<double>& values) {
  std::vector<testing::Matcher<float>> matchers;
  for (const double value : values)
    matchers.push_back(testing::FloatNear(static_cast<float>(value), 1e-4f));
  return testing::ElementsAreArray(matchers);
}

}  // namespace cenote
