// SPDX-License-Identifier: Apache-2.0
// Metrics of an order: they look at the ranks of the scores, not at their size.
#pragma once

#include <cstdint>
#include <vector>

#include "metric/metric.h"

namespace cenote {

/// One scored row of a two-class problem.
struct Scored {
  double score;
  bool positive;
};

/// The rows of column `column` of a multilabel task (0 for a binary task).
std::vector<Scored> scored_column(const MetricInput& input, int64_t column);
/// Every (row, column) pair of a multilabel task as one list: what "micro" means.
std::vector<Scored> scored_all(const MetricInput& input);
/// Class `index` of a multiclass task against all others.
std::vector<Scored> scored_class(const MetricInput& input, int64_t index);

/// The share of (positive, negative) pairs in the right order, equal scores counting one half.
/// NaN without a positive or without a negative.
/// Source    Mann, Whitney 1947; equal to sklearn.metrics.roc_auc_score.
double rank_auroc(std::vector<Scored> rows);

/// Precision summed over the steps of recall, one step for each distinct score. NaN without a positive.
/// Source    sklearn.metrics.average_precision_score.
double rank_average_precision(std::vector<Scored> rows);

/// Area under the same curve by trapezoids, beginning at precision 1, recall 0. NaN without a positive.
/// Source    sklearn.metrics.auc of precision_recall_curve.
double rank_trapezoid_precision(std::vector<Scored> rows);

}  // namespace cenote
