// SPDX-License-Identifier: Apache-2.0
/// Average precision: precision summed over the steps of recall, one step for each distinct score.
///
/// Shapes    prediction [S] (any score that grows with the chance of class 1), label [S] in {0, 1}.
/// Empty     no rows, a missing value, or no row of class 1: NaN (scikit-learn warns and writes 0
///           for the last).
/// Errors    bad_shape; bad_input for another label.
/// Cost      O(S log S).
/// Source    sklearn.metrics.average_precision_score.
#include "metric/detail/ranking.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  if (checked_single_rows(input) == 0 || has_missing(input)) return kUndefined;
  check_binary_labels(input);
  return rank_average_precision(scored_all(input));
}

}  // namespace

CENOTE_METRIC(average_precision) {
  MetricEntry entry;
  entry.info.summary = "precision averaged over the steps of recall";
  entry.info.source = "sklearn.metrics.average_precision_score";
  entry.info.example = "prediction 0.1 0.4 0.35 0.8, label 0 0 1 1: 0.8333";
  entry.higher_is_better = true;
  entry.task_types = {"binary_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
