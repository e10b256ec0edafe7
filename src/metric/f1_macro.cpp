// SPDX-License-Identifier: Apache-2.0
/// F1 of each class or label, 2 TP / (2 TP + FP + FN), averaged with equal weight. Multiclass: over the
/// classes that occur among labels or predictions.
///
/// Shapes    multiclass: prediction [S, width], label [S] of class indices; the highest wins.
///           multilabel: prediction [S, width], label [S, width] in {0, 1}; predicted where > 0.5.
/// Empty     no rows, or a missing value: NaN. A single 0 / 0 counts as 0, as in scikit-learn.
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    sklearn.metrics.f1_score(average="macro").
#include "metric/detail/counts.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) { return averaged(input, f1_of, Average::macro); }

}  // namespace

CENOTE_METRIC(f1_macro) {
  MetricEntry entry;
  entry.info.summary = "F1 of each class or label, averaged";
  entry.info.source = "sklearn.metrics.f1_score, average macro";
  entry.info.example = "prediction (0.2 0.8) (0.6 0.4), label 1 1: 0.3333";
  entry.higher_is_better = true;
  entry.task_types = {"multiclass_classification", "multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
