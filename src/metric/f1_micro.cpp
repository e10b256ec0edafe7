// SPDX-License-Identifier: Apache-2.0
/// F1 of all decisions together: 2 TP / (2 TP + FP + FN), counted over every class or label. For a
/// multiclass task it equals the accuracy.
///
/// Shapes    multiclass: prediction [S, width], label [S] of class indices; the highest wins.
///           multilabel: prediction [S, width], label [S, width] in {0, 1}; predicted where > 0.5.
/// Empty     no rows, a missing value, or 0 / 0: NaN (scikit-learn warns and writes 0 for the last).
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    sklearn.metrics.f1_score(average="micro").
#include "metric/detail/counts.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) { return averaged(input, f1_of, Average::micro); }

}  // namespace

CENOTE_METRIC(f1_micro) {
  MetricEntry entry;
  entry.info.summary = "F1 of all decisions together";
  entry.info.source = "sklearn.metrics.f1_score, average micro";
  entry.info.example = "prediction (0.2 0.8) (0.6 0.4), label 1 1: 0.5";
  entry.higher_is_better = true;
  entry.task_types = {"multiclass_classification", "multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
