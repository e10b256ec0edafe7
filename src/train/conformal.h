// SPDX-License-Identifier: Apache-2.0
// Intervals around predicted numbers that hold a given share of the labels, learned on validation.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace cenote {

/// The shares of labels that intervals are made for.
inline constexpr std::array<double, 4> kIntervalLevels{0.5, 0.8, 0.9, 0.95};

/// Split conformal prediction: the errors on validation, by parts of the range of predictions, since large numbers
/// are mostly missed by more. Below and above have an equal share of what is not held.
///
/// Holds the level in the mean over rows exchangeable with validation; what drifts away from it is held less.
/// Source    Papadopoulos et al. 2002; by parts: Vovk et al. 2003 (Mondrian); both sides: Linusson et al. 2014.
struct ConformalIntervals {
  std::vector<double>
      edges;  // ascending: where one part of the predictions ends and the next begins
  /// By part, by level: what is added to a prediction at the lower and the upper end.
  std::vector<std::array<std::pair<double, double>, kIntervalLevels.size()>> errors;
  bool never_negative = false;  // no training label is: then no end is either

  bool empty() const { return errors.empty(); }
  /// The ends for a level of kIntervalLevels. Errors bad_input for another, listing them; or if there are none.
  std::pair<double, double> around(double prediction, double level) const;
};

/// Empty     fewer than 80 rows, or a number that is not finite: no intervals.
ConformalIntervals fit_intervals(std::span<const double> prediction, std::span<const double> label,
                                 bool never_negative);

/// Errors    bad_input unless sized, finite and in order: of a model file.
void check_intervals(const ConformalIntervals& intervals);

}  // namespace cenote
