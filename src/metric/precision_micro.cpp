// SPDX-License-Identifier: Apache-2.0
/// Precision of all decisions together: TP / (TP + FP), counted over every label.
///
/// Shapes    prediction [S, width], label [S, width] in {0, 1}; a label is predicted where > 0.5.
/// Empty     no rows, a missing value, or 0 / 0: NaN (scikit-learn warns and writes 0 for the last).
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    sklearn.metrics.precision_score(average="micro").
#include "metric/detail/counts.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) { return averaged(input, precision_of, Average::micro); }

}  // namespace

CENOTE_METRIC(precision_micro) {
  MetricEntry entry;
  entry.info.summary = "precision of all decisions together";
  entry.info.source = "sklearn.metrics.precision_score, average micro";
  entry.info.example = "prediction (0.9 0.8) (0.4 0.6), label (1 0) (0 1): 0.6667";
  entry.higher_is_better = true;
  entry.task_types = {"multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
