// SPDX-License-Identifier: Apache-2.0
/// AUROC of all (row, label) pairs of a multilabel task as one list.
///
/// Shapes    prediction [S, width], label [S, width] in {0, 1}.
/// Empty     no rows, a missing value, or equal labels only: NaN.
/// Errors    bad_shape; bad_input for another label.
/// Source    sklearn.metrics.roc_auc_score(average="micro"), relbench.metrics.multilabel_auroc_micro.
#include "metric/detail/ranking.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  if (checked_rows(input, true) == 0 || has_missing(input)) return kUndefined;
  check_binary_labels(input);
  return rank_auroc(scored_all(input));
}

}  // namespace

CENOTE_METRIC(auroc_micro) {
  MetricEntry entry;
  entry.info.summary = "AUROC of all (row, label) pairs together";
  entry.info.source = "sklearn.metrics.roc_auc_score, average micro";
  entry.info.example = "prediction (0.9 0.2) (0.4 0.6), label (1 0) (0 1): 1";
  entry.higher_is_better = true;
  entry.task_types = {"multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
