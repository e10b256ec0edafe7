// SPDX-License-Identifier: Apache-2.0
/// Area under the precision-recall curve by trapezoids. More hopeful than average_precision, which is the
/// better choice; here because RelBench has it.
///
/// Shapes    prediction [S] (any score that grows with the chance of class 1), label [S] in {0, 1}.
/// Empty     no rows, a missing value, or no row of class 1: NaN.
/// Errors    bad_shape; bad_input for another label.
/// Cost      O(S log S).
/// Source    sklearn.metrics.auc of precision_recall_curve.
#include "metric/detail/ranking.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  if (checked_single_rows(input) == 0 || has_missing(input)) return kUndefined;
  check_binary_labels(input);
  return rank_trapezoid_precision(scored_all(input));
}

}  // namespace

CENOTE_METRIC(auprc) {
  MetricEntry entry;
  entry.info.summary = "area under the precision-recall curve, by trapezoids";
  entry.info.source = "sklearn.metrics.auc of precision_recall_curve";
  entry.info.example = "prediction 0.1 0.4 0.35 0.8, label 0 0 1 1: 0.7917";
  entry.higher_is_better = true;
  entry.task_types = {"binary_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
