// SPDX-License-Identifier: Apache-2.0
// Standardised numbers: what `number` and `timestamp` share.
#pragma once

#include <span>

#include "encode/detail/state.h"

namespace cenote::encode_detail {

/// z = (x - mean) / std of the visible values, in double.
/// Values that no double statistics survive are brought to +-1e150 first, NaN counts as missing. A
///column whose values are equal up to rounding has std 1, so that its codes are zeros and not
///noise.
class Standard {
 public:
  /// Mean and standard deviation of the visible values, by Welford's recurrence in the order given.
  void fit(const ColumnData& column, std::span<const int64_t> visible_rows);
  /// Whether the row has a value, and fit() saw any: without one, nothing can be said of a value.
  bool has_value(const ColumnData& column, int64_t row) const;
  /// The code of a value, in [-clip, clip].
  float code(double value, double clip) const;

  void save(nlohmann::json& state) const;
  void load(const StateReader& state);

 private:
  int64_t values_ = 0;
  double mean_ = 0;
  double std_ = 1;
};

/// x brought into [-1e150, 1e150].
double bounded(double x);
/// Whether the row has a value that is a number.
bool is_number(const ColumnData& column, int64_t row);

}  // namespace cenote::encode_detail
