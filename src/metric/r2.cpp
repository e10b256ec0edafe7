// SPDX-License-Identifier: Apache-2.0
/// Coefficient of determination: 1 - sum (label - prediction)^2 / sum (label - mean label)^2.
///
/// Shapes    prediction [S], label [S].
/// Empty     no rows, a missing value or equal labels only: NaN (scikit-learn writes 1 or 0 for the last).
/// Errors    bad_shape.
/// Source    sklearn.metrics.r2_score.
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  const int64_t rows = checked_single_rows(input);
  if (rows == 0) return kUndefined;
  double mean = 0;
  for (const double y : input.label) mean += y;
  mean /= static_cast<double>(rows);
  double residual = 0, total = 0;
  for (size_t i = 0; i < input.label.size(); ++i) {
    const double error = input.label[i] - input.prediction[i];
    const double deviation = input.label[i] - mean;
    residual += error * error;
    total += deviation * deviation;
  }
  return total == 0 ? kUndefined : 1 - residual / total;
}

}  // namespace

CENOTE_METRIC(r2) {
  MetricEntry entry;
  entry.info.summary = "share of the variance of the labels that is explained";
  entry.info.source = "sklearn.metrics.r2_score";
  entry.info.example = "prediction 1 2 3, label 1 4 2: -0.0714";
  entry.higher_is_better = true;
  entry.task_types = {"regression"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
