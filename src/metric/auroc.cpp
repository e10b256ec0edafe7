// SPDX-License-Identifier: Apache-2.0
/// Area under the ROC curve: the chance that a row of class 1 is scored above one of class 0, equal
/// scores counting one half.
///
/// Shapes    prediction [S] (any score that grows with the chance of class 1), label [S] in {0, 1}.
/// Empty     no rows, a missing value, or one class only: NaN.
/// Errors    bad_shape; bad_input for another label.
/// Cost      O(S log S).
/// Source    sklearn.metrics.roc_auc_score.
#include "metric/detail/ranking.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  if (checked_single_rows(input) == 0 || has_missing(input)) return kUndefined;
  check_binary_labels(input);
  return rank_auroc(scored_all(input));
}

}  // namespace

CENOTE_METRIC(auroc) {
  MetricEntry entry;
  entry.info.summary = "area under the ROC curve";
  entry.info.source = "sklearn.metrics.roc_auc_score";
  entry.info.example = "prediction 0.1 0.4 0.35 0.8, label 0 0 1 1: 0.75";
  entry.higher_is_better = true;
  entry.task_types = {"binary_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
