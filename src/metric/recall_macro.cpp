// SPDX-License-Identifier: Apache-2.0
/// Recall of each label, TP / (TP + FN), averaged with equal weight.
///
/// Shapes    prediction [S, width], label [S, width] in {0, 1}; a label is predicted where > 0.5.
/// Empty     no rows, or a missing value: NaN. A single 0 / 0 counts as 0, as in scikit-learn.
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    sklearn.metrics.recall_score(average="macro").
#include "metric/detail/counts.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) { return averaged(input, recall_of, Average::macro); }

}  // namespace

CENOTE_METRIC(recall_macro) {
  MetricEntry entry;
  entry.info.summary = "recall of each label, averaged";
  entry.info.source = "sklearn.metrics.recall_score, average macro";
  entry.info.example = "prediction (0.9 0.2) (0.4 0.3), label (1 0) (0 1): 0.5";
  entry.higher_is_better = true;
  entry.task_types = {"multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
