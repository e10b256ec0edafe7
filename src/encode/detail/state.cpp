// SPDX-License-Identifier: Apache-2.0
#include "encode/detail/state.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace cenote::encode_detail {

StateReader::StateReader(std::string_view encoder, const nlohmann::json& state)
    : encoder_(encoder), state_(state) {
  CENOTE_CHECK(state.is_object(), bad_input, "encoder '{}': its saved state is no JSON object",
               encoder);
}

void StateReader::refuse(std::string_view field, std::string_view wanted) const {
  fail(ErrorCode::bad_input, "encoder '{}': field '{}' of its saved state is not {}", encoder_,
       field, wanted);
}

const nlohmann::json& StateReader::field(std::string_view name) const {
  const auto it = state_.find(std::string(name));
  CENOTE_CHECK(it != state_.end(), bad_input, "encoder '{}': its saved state has no field '{}'",
               encoder_, name);
  return *it;
}

const nlohmann::json& StateReader::list(std::string_view name, size_t most) const {
  const nlohmann::json& value = field(name);
  if (!value.is_array()) refuse(name, "a list");
  if (value.size() > most) refuse(name, fmt::format("a list of at most {} values", most));
  return value;
}

double StateReader::number(std::string_view name, double min, double max) const {
  const nlohmann::json& value = field(name);
  if (!value.is_number()) refuse(name, "a number");
  const double out = value.get<double>();
  if (!(out >= min && out <= max)) refuse(name, fmt::format("in [{:g}, {:g}]", min, max));
  return out;
}

int64_t StateReader::integer(std::string_view name, int64_t min, int64_t max) const {
  const nlohmann::json& value = field(name);
  if (!value.is_number_integer()) refuse(name, "a whole number");
  const auto out = value.get<int64_t>();
  if (out < min || out > max) refuse(name, fmt::format("in [{}, {}]", min, max));
  return out;
}

bool StateReader::flag(std::string_view name) const {
  const nlohmann::json& value = field(name);
  if (!value.is_boolean()) refuse(name, "true or false");
  return value.get<bool>();
}

std::vector<double> StateReader::numbers(std::string_view name, size_t most) const {
  std::vector<double> out;
  for (const auto& value : list(name, most)) {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
      refuse(name, "a list of numbers");
    out.push_back(value.get<double>());
  }
  return out;
}

std::vector<int64_t> StateReader::integers(std::string_view name, size_t most, int64_t min,
                                           int64_t max) const {
  std::vector<int64_t> out;
  for (const auto& value : list(name, most)) {
    if (!value.is_number_integer() || value.get<int64_t>() < min || value.get<int64_t>() > max) {
      refuse(name, fmt::format("a list of whole numbers in [{}, {}]", min, max));
    }
    out.push_back(value.get<int64_t>());
  }
  return out;
}

std::vector<std::string> StateReader::texts(std::string_view name, size_t most) const {
  std::vector<std::string> out;
  for (const auto& value : list(name, most)) {
    if (!value.is_string()) refuse(name, "a list of texts");
    out.push_back(value.get<std::string>());
  }
  return out;
}

void check_storage(std::string_view encoder, const ColumnData& column,
                   const std::vector<StorageType>& readable) {
  if (std::find(readable.begin(), readable.end(), column.type) != readable.end()) return;
  constexpr const char* kNames[] = {"int64", "float64", "utf8", "boolean", "time"};
  std::vector<std::string> names;
  for (const StorageType type : readable) names.push_back(kNames[static_cast<int>(type)]);
  fail(ErrorCode::bad_schema, "encoder '{}' reads {}, the column holds {}", encoder,
       join_names(names), kNames[static_cast<int>(column.type)]);
}

}  // namespace cenote::encode_detail
