// SPDX-License-Identifier: Apache-2.0
/// Mean absolute error: mean of |prediction - label|.
///
/// Shapes    prediction [S], label [S].
/// Empty     no rows, or a missing value: NaN.
/// Errors    bad_shape.
/// Source    sklearn.metrics.mean_absolute_error.
#include <cmath>

#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  const int64_t rows = checked_single_rows(input);
  if (rows == 0) return kUndefined;
  double sum = 0;
  for (size_t i = 0; i < input.label.size(); ++i) {
    const double error = input.prediction[i] - input.label[i];
    sum += std::abs(error);
  }
  return sum / static_cast<double>(rows);
}

}  // namespace

CENOTE_METRIC(mae) {
  MetricEntry entry;
  entry.info.summary = "mean absolute error";
  entry.info.source = "sklearn.metrics.mean_absolute_error";
  entry.info.example = "prediction 1 2 3, label 1 4 2: 1";
  entry.higher_is_better = false;
  entry.task_types = {"regression"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
