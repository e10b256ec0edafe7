// SPDX-License-Identifier: Apache-2.0
#include "encode/detail/standard.h"

#include <algorithm>
#include <cmath>

namespace cenote::encode_detail {
namespace {

constexpr double kBound = 1e150;
// Rounding leaves about 1e-16 of the mean; a spread below this share of it is no spread.
constexpr double kConstant = 1e-12;

}  // namespace

double bounded(double x) { return std::clamp(x, -kBound, kBound); }

bool is_number(const ColumnData& column, int64_t row) {
  return column.is_valid(row) && !std::isnan(column.number(row));
}

void Standard::fit(const ColumnData& column, std::span<const int64_t> visible_rows) {
  *this = Standard();
  double squares = 0;
  for (const int64_t row : visible_rows) {
    if (!is_number(column, row)) continue;
    const double value = bounded(column.number(row));
    const double apart = value - mean_;
    mean_ += apart / static_cast<double>(++values_);
    squares += apart * (value - mean_);
  }
  const double spread = values_ > 0 ? std::sqrt(squares / static_cast<double>(values_)) : 0;
  std_ = spread > kConstant * std::fabs(mean_) ? spread : 1;
}

bool Standard::has_value(const ColumnData& column, int64_t row) const {
  return values_ > 0 && is_number(column, row);
}

float Standard::code(double value, double clip) const {
  return static_cast<float>(std::clamp((bounded(value) - mean_) / std_, -clip, clip));
}

void Standard::save(nlohmann::json& state) const {
  state["values"] = values_;
  state["mean"] = mean_;
  state["std"] = std_;
}

void Standard::load(const StateReader& state) {
  values_ = state.integer("values", 0, INT64_MAX);
  mean_ = state.number("mean", -kBound, kBound);
  std_ = state.number("std", 0, 2 * kBound);
  if (std_ == 0) state.refuse("std", "above 0");
}

}  // namespace cenote::encode_detail
