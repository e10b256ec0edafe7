// SPDX-License-Identifier: Apache-2.0
// Reading an encoder's saved state: a model file may come from anywhere, so every field is checked.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "database/column.h"

namespace cenote::encode_detail {

/// Fields of one encoder's state. The encoder's name stands in every message.
///
/// Errors    bad_input naming encoder and field: the state is no object, the field is absent, of
///           another type, not finite or out of [min, max].
class StateReader {
 public:
  StateReader(std::string_view encoder, const nlohmann::json& state);

  double number(std::string_view field, double min = -1e300, double max = 1e300) const;
  int64_t integer(std::string_view field, int64_t min, int64_t max) const;
  bool flag(std::string_view field) const;
  std::vector<double> numbers(std::string_view field, size_t most) const;
  std::vector<int64_t> integers(std::string_view field, size_t most, int64_t min,
                                int64_t max) const;
  std::vector<std::string> texts(std::string_view field, size_t most) const;
  [[noreturn]] void refuse(std::string_view field, std::string_view wanted) const;

 private:
  const nlohmann::json& field(std::string_view name) const;
  const nlohmann::json& list(std::string_view name, size_t most) const;

  std::string encoder_;
  const nlohmann::json& state_;
};

/// Errors    bad_schema if the column's storage is none that the encoder reads.
void check_storage(std::string_view encoder, const ColumnData& column,
                   const std::vector<StorageType>& readable);

}  // namespace cenote::encode_detail
