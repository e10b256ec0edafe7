// SPDX-License-Identifier: Apache-2.0
// What every metric asks of its input before it computes.
#pragma once

#include <cstdint>
#include <limits>

#include "metric/metric.h"

namespace cenote {

/// The value of a metric that is not defined for its rows.
inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// Labels [S, width] rather than one class index a row.
inline bool is_multilabel(const MetricInput& input) {
  return input.width > 1 && input.label.size() == input.prediction.size();
}

/// Rows of a regression or binary task. Errors bad_shape, also for more than one number a row.
int64_t checked_single_rows(const MetricInput& input);

/// A prediction or a label that is no number (NaN): no metric is defined then.
bool has_missing(const MetricInput& input);

/// Errors    bad_input naming the first row whose label is neither 0 nor 1.
void check_binary_labels(const MetricInput& input);

/// A class label may be -1 or >= width: a class that the model does not know. It counts as one that got
/// the probability 0, so such a row is always wrong. (RelBench leaves those rows out.)
///
/// Errors    bad_input naming the first row whose label is no whole number >= -1.
void check_class_labels(const MetricInput& input);

/// The label of a row is one of the classes that have a prediction.
bool is_known_class(const MetricInput& input, int64_t row);

/// The class with the highest probability in a row; the first of equal ones, as numpy.argmax has it.
int64_t best_class(const MetricInput& input, int64_t row);

}  // namespace cenote
