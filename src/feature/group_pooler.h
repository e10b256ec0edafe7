// SPDX-License-Identifier: Apache-2.0
// As-of pools of one group: the same rows for all its seeds, each seed a prefix of them or its last part.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "feature/feature.h"

namespace cenote {

/// Pools ranges of one group's values; prefix sums make a range cost O(1) whatever its length.
///
/// Shapes    x [n] values in order of time, NaN for missing; day [n].
/// Empty     count and sum of no values are 0, every other pool is NaN. Missing values count for none.
/// Units     slope: per day, least squares.
/// Cost      set() O(n); min and max over moving windows O(1) a row and seed together when ranges ascend,
///           everything else O(1). A range's number depends on the rows before its end only.
/// Threads   one a thread; storage is reused.
class GroupPooler {
 public:
  /// `distinct`: x holds codes of values.
  void set(std::span<const double> x, std::span<const double> day, bool slope, bool distinct);
  double pool(FeaturePool pool, int64_t low, int64_t high);

 private:
  double extreme(std::vector<int64_t>& queue, int64_t& taken, int64_t& last_low, double sign,
                 int64_t low, int64_t high);

  std::span<const double> x_;
  double shift_ = 0, day_shift_ = 0;
  std::vector<int64_t> count_, last_, distinct_;  // [n + 1] over the first i rows
  std::vector<double> sum_, square_, t_, tt_, tx_;
  std::vector<int64_t> low_queue_, high_queue_;
  int64_t low_taken_ = 0, high_taken_ = 0, low_last_ = 0, high_last_ = 0;
};

/// The plain version of every pool: its oracle.
double pool_plainly(FeaturePool pool, std::span<const double> x, std::span<const double> day);

}  // namespace cenote
