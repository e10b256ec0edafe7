// SPDX-License-Identifier: Apache-2.0
// How often what a model calls probable comes true: a monotone map from its probabilities to better ones, learned
// on validation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cenote {

/// A map of probabilities of class 1. `none` leaves them as they are.
struct Calibration {
  std::string method = "none";  // none | platt | isotonic
  /// platt: {slope}, {intercept} of the log odds. isotonic: knots, both ascending, from (0, 0) to (1, 1).
  std::vector<double> from, to;

  /// Empty    NaN stays NaN.
  double operator()(double probability) const;
};

/// Errors    bad_input unless the method is known, and its numbers are finite, sized and monotone: of a model file.
void check_calibration(const Calibration& calibration);

/// A logistic regression of the labels on the log odds, whose targets are drawn in from 0 and 1 by one example.
/// `none` if what is likelier comes true less often, or not all numbers are finite.
/// Source    Platt 1999, Probabilistic outputs for support vector machines; Newton's method as Lin et al. 2007.
Calibration fit_platt(std::span<const double> probability, std::span<const double> label);

/// The monotone steps nearest to the labels, joined by lines so that no two different probabilities become equal.
/// Rows are first taken together in parts of 20 or more, whose shares are drawn towards the share of all by one
/// example: none is 0 or 1.
/// Source    Zadrozny, Elkan 2002; pool adjacent violators (Ayer et al. 1955).
Calibration fit_isotonic(std::span<const double> probability, std::span<const double> label);

/// The map that is chosen, and the log loss of each (of rows whose entities it was not learned from).
struct ChosenCalibration {
  Calibration calibration;
  double loss_before = 0, loss_after = 0;  // NaN if there was too little to choose by
};

/// Of none, Platt and isotonic the simplest whose log loss over five parts of the entities, each left out in turn, is
/// at most one standard error behind the best; then learned from all rows.
///
/// Empty     fewer than 20 rows of a class: none.
ChosenCalibration choose_calibration(std::span<const double> probability,
                                     std::span<const double> label, std::span<const int64_t> entity,
                                     uint64_t seed);

}  // namespace cenote
