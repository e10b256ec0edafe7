// SPDX-License-Identifier: Apache-2.0
/// Mean reciprocal rank of the true class among the classes of a row; equal probabilities share the best
/// rank among them.
///
/// Shapes    prediction [S, width], label [S] of class indices.
/// Empty     no rows, or a missing value: NaN.
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    relbench.metrics.mrr.
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  const int64_t rows = checked_rows(input);
  if (rows == 0 || has_missing(input)) return kUndefined;
  check_class_labels(input);
  const auto width = static_cast<size_t>(input.width);
  double sum = 0;
  for (size_t row = 0; row < input.label.size(); ++row) {
    if (!is_known_class(input, static_cast<int64_t>(row))) continue;  // it is not among the ranks
    const auto scores = input.prediction.subspan(row * width, width);
    const double own = scores[static_cast<size_t>(input.label[row])];
    int64_t rank = 1;
    for (const double score : scores) rank += score > own;
    sum += 1 / static_cast<double>(rank);
  }
  return sum / static_cast<double>(rows);
}

}  // namespace

CENOTE_METRIC(mrr) {
  MetricEntry entry;
  entry.info.summary = "mean reciprocal rank of the true class";
  entry.info.source = "relbench.metrics.mrr";
  entry.info.example = "prediction (0.2 0.5 0.3), label 2: 0.5";
  entry.higher_is_better = true;
  entry.task_types = {"multiclass_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
