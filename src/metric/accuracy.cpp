// SPDX-License-Identifier: Apache-2.0
/// Share of rows whose predicted class is the label.
///
/// Shapes    binary: prediction [S], label [S] in {0, 1}; class 1 is predicted where prediction > 0.5.
///           multiclass: prediction [S, width], label [S] of class indices; the highest wins, the first of
///           equal ones.
/// Empty     no rows, or a missing value: NaN.
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    sklearn.metrics.accuracy_score, thresholds as relbench.metrics.accuracy.
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  const int64_t rows = checked_rows(input);
  if (rows == 0 || has_missing(input)) return kUndefined;
  const bool binary = input.width == 1;
  binary ? check_binary_labels(input) : check_class_labels(input);
  int64_t right = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const auto at = static_cast<size_t>(row);
    const int64_t predicted = binary ? input.prediction[at] > 0.5 : best_class(input, row);
    right += static_cast<double>(predicted) == input.label[at];
  }
  return static_cast<double>(right) / static_cast<double>(rows);
}

}  // namespace

CENOTE_METRIC(accuracy) {
  MetricEntry entry;
  entry.info.summary = "share of rows with the right class";
  entry.info.source = "sklearn.metrics.accuracy_score";
  entry.info.example = "prediction 0.9 0.5 0.2, label 1 1 0: 0.6667";
  entry.higher_is_better = true;
  entry.task_types = {"binary_classification", "multiclass_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
