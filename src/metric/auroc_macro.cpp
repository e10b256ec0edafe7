// SPDX-License-Identifier: Apache-2.0
/// AUROC of each label (multilabel) or of each class against the rest (multiclass), averaged with equal
/// weight.
///
/// Shapes    multilabel: prediction [S, width], label [S, width] in {0, 1}.
///           multiclass: prediction [S, width], label [S] of class indices.
/// Empty     no rows, a missing value, or a label or class with equal values only: NaN.
/// Errors    bad_shape; bad_input for a label that is none.
/// Source    sklearn.metrics.roc_auc_score(average="macro", multi_class="ovr").
#include "metric/detail/ranking.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  const bool multilabel = is_multilabel(input);
  if (checked_rows(input, multilabel) == 0 || has_missing(input)) return kUndefined;
  multilabel ? check_binary_labels(input) : check_class_labels(input);
  double sum = 0;
  for (int64_t i = 0; i < input.width; ++i) {
    sum += rank_auroc(multilabel ? scored_column(input, i) : scored_class(input, i));
  }
  return sum / static_cast<double>(input.width);
}

}  // namespace

CENOTE_METRIC(auroc_macro) {
  MetricEntry entry;
  entry.info.summary = "AUROC of each label, or of each class against the rest, averaged";
  entry.info.source = "sklearn.metrics.roc_auc_score, average macro, one against the rest";
  entry.info.example = "prediction (0.9 0.2) (0.4 0.6), label (1 0) (0 1): 1";
  entry.higher_is_better = true;
  entry.task_types = {"multiclass_classification", "multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
