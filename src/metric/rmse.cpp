// SPDX-License-Identifier: Apache-2.0
/// Root mean squared error: sqrt of the mean of (prediction - label)^2.
///
/// Shapes    prediction [S], label [S].
/// Empty     no rows, or a missing value: NaN.
/// Errors    bad_shape.
/// Source    sklearn.metrics.root_mean_squared_error.
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
    sum += error * error;
  }
  return std::sqrt(sum / static_cast<double>(rows));
}

}  // namespace

CENOTE_METRIC(rmse) {
  MetricEntry entry;
  entry.info.summary = "root mean squared error";
  entry.info.source = "sklearn.metrics.root_mean_squared_error";
  entry.info.example = "prediction 1 2 3, label 1 4 2: 1.2910";
  entry.higher_is_better = false;
  entry.task_types = {"regression"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
