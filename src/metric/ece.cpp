// SPDX-License-Identifier: Apache-2.0
/// Expected calibration error: how far probabilities lie from how often they come true.
///
/// Formula   sum over 10 parts [0, .1), ..., [.9, 1] of (rows of the part / rows) |mean probability - share of ones|.
/// Shapes    prediction [S] = probability of class 1, label [S] in {0, 1}.
/// Empty     no rows, or a missing value: NaN.
/// Errors    bad_shape; bad_input for a label that is neither 0 nor 1, or a probability outside [0, 1].
/// Source    Naeini, Cooper, Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning;
///           equally wide bins as Guo et al. 2017.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

constexpr size_t kParts = 10;

double compute(const MetricInput& input) {
  const int64_t rows = checked_rows(input);
  CENOTE_CHECK(input.width == 1, bad_shape, "ece takes one probability a row, got {}", input.width);
  if (rows == 0 || has_missing(input)) return kUndefined;
  check_binary_labels(input);
  std::array<double, kParts> gap{};  // of sums: probabilities less ones
  for (int64_t row = 0; row < rows; ++row) {
    const double p = input.prediction[static_cast<size_t>(row)];
    CENOTE_CHECK(p >= 0 && p <= 1, bad_input, "ece takes probabilities, row {} has {}", row, p);
    const auto part = std::min(kParts - 1, static_cast<size_t>(p * kParts));
    gap[part] += p - input.label[static_cast<size_t>(row)];
  }
  double sum = 0;
  for (const double one : gap) sum += std::abs(one);
  return sum / static_cast<double>(rows);
}

}  // namespace

CENOTE_METRIC(ece) {
  MetricEntry entry;
  entry.info.summary = "expected calibration error: how far probabilities are from frequencies";
  entry.info.source = "Naeini et al. 2015, 10 equally wide bins";
  entry.info.example = "prediction 0.8, label 1: 0.2";
  entry.higher_is_better = false;
  entry.task_types = {"binary_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
