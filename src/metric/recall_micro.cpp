// SPDX-License-Identifier: Apache-2.0
/// Recall of all decisions together: TP / (TP + FN), counted over every label.
///
/// Shapes    prediction [S, width], label [S, width] in {0, 1}; a label is predicted where > 0.5.
/// Empty     no rows, a missing value, or 0 / 0: NaN (scikit-learn warns and writes 0 for the last).
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    sklearn.metrics.recall_score(average="micro").
#include "metric/detail/counts.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) { return averaged(input, recall_of, Average::micro); }

}  // namespace

CENOTE_METRIC(recall_micro) {
  MetricEntry entry;
  entry.info.summary = "recall of all decisions together";
  entry.info.source = "sklearn.metrics.recall_score, average micro";
  entry.info.example = "prediction (0.9 0.2) (0.4 0.3), label (1 0) (0 1): 0.5";
  entry.higher_is_better = true;
  entry.task_types = {"multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
