// SPDX-License-Identifier: Apache-2.0
/// F1 of class 1: 2 TP / (2 TP + FP + FN). Class 1 is predicted where prediction >= 0.5 (so RelBench has
/// it; its accuracy asks for > 0.5).
///
/// Shapes    prediction [S], label [S] in {0, 1}.
/// Empty     no rows, a missing value, or neither a label 1 nor a predicted 1: NaN (scikit-learn warns and
///           writes 0 for the last).
/// Errors    bad_shape; bad_input for another label.
/// Source    sklearn.metrics.f1_score, relbench.metrics.f1.
#include "metric/detail/counts.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  const int64_t rows = checked_single_rows(input);
  if (rows == 0 || has_missing(input)) return kUndefined;
  check_binary_labels(input);
  Counts counts;
  for (size_t i = 0; i < input.label.size(); ++i) {
    const bool predicted = input.prediction[i] >= 0.5, actual = input.label[i] == 1;
    counts.true_positive += predicted && actual;
    counts.false_positive += predicted && !actual;
    counts.false_negative += !predicted && actual;
  }
  return f1_of(counts);
}

}  // namespace

CENOTE_METRIC(f1) {
  MetricEntry entry;
  entry.info.summary = "harmonic mean of precision and recall of class 1";
  entry.info.source = "sklearn.metrics.f1_score";
  entry.info.example = "prediction 0.9 0.5 0.2, label 1 0 1: 0.5";
  entry.higher_is_better = true;
  entry.task_types = {"binary_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
