// SPDX-License-Identifier: Apache-2.0
/// Average precision of each label of a multilabel task, averaged with equal weight.
///
/// Shapes    prediction [S, width], label [S, width] in {0, 1}.
/// Empty     no rows, a missing value, or no label 1 at all: NaN. A single label that never is 1 counts as 0,
///           as in scikit-learn.
/// Errors    bad_shape; bad_input for another label.
/// Source    sklearn.metrics.average_precision_score(average="macro"),
///           relbench.metrics.multilabel_auprc_macro.
#include <algorithm>
#include <cmath>

#include "metric/detail/ranking.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

double compute(const MetricInput& input) {
  if (checked_rows(input, true) == 0 || has_missing(input)) return kUndefined;
  check_binary_labels(input);
  if (std::find(input.label.begin(), input.label.end(), 1.0) == input.label.end())
    return kUndefined;
  double sum = 0;
  for (int64_t column = 0; column < input.width; ++column) {
    const double value = rank_average_precision(scored_column(input, column));
    sum += std::isnan(value) ? 0 : value;
  }
  return sum / static_cast<double>(input.width);
}

}  // namespace

CENOTE_METRIC(average_precision_macro) {
  MetricEntry entry;
  entry.info.summary = "average precision of each label, averaged";
  entry.info.source = "sklearn.metrics.average_precision_score, average macro";
  entry.info.example = "prediction (0.9 0.2) (0.4 0.6), label (1 0) (0 1): 1";
  entry.higher_is_better = true;
  entry.task_types = {"multilabel_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
