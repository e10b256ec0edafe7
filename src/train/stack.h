// SPDX-License-Identifier: Apache-2.0
// From several trained models to the one that is kept: how much of each, and whether that is worth it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metric/metric.h"

namespace cenote {

using Predictions = std::vector<double>;  // [rows, width], as metrics take them

/// Non-negative weights with sum 1 for an average of predictions, chosen by the judge: beginning with the best
/// alone, the one whose addition helps most (or harms least) is added, 20 in all; the best of the 20 averages.
///
/// Empty     no predictions: no weights. Predictions with an undefined metric get none, unless all have one.
/// Cost      20 x the number of predictions x the metric.
/// Source    Caruana et al. 2004, Ensemble selection from libraries of models.
std::vector<double> stack_weights(const std::vector<Predictions>& predictions, const Judge& judge);

/// The mean of such weights over 16 halves of the entities, as chance would have drawn them: what helps in one half
/// only gets little. A share below .05 is left out, since every member costs its time in each prediction.
///
/// Cost      16 x the cost of stack_weights() on half of the rows.
/// Source    Caruana et al. 2004, section 2.3 (bags), here of entities instead of models.
std::vector<double> bagged_stack_weights(const std::vector<Predictions>& predictions,
                                         const MetricEntry& metric, std::span<const double> label,
                                         int64_t width, std::span<const int64_t> entity,
                                         uint64_t seed);

/// The average of predictions under weights.
Predictions weighted_mean(const std::vector<Predictions>& predictions,
                          std::span<const double> weights);

/// One way to predict: how well it does on validation, and how much of that may be chance.
struct Contender {
  std::string name;
  double metric = 0;
  double behind = 0;          // how much worse than the best; 0: is the best
  double standard_error = 0;  // of `behind`
};

/// Fills in `behind` and `standard_error` of each, from its predictions; returns the best.
///
/// Contenders whose metric is undefined are behind by infinity.
size_t compare_with_best(std::vector<Contender>& contenders,
                         const std::vector<Predictions>& predictions, const MetricEntry& metric,
                         std::span<const double> label, int64_t width,
                         std::span<const int64_t> entity, uint64_t seed);

/// The first, so the simplest, of contenders in order of simplicity that is at most one standard error behind the
/// best.
size_t simplest_good_enough(const std::vector<Contender>& contenders);

/// Is the best, of `tried` that were trained, ahead of one that has learned nothing by no more than the best of so many
/// is by luck? A one-sided test at 5 %, corrected for their number (Bonferroni).
bool may_be_luck(const Contender& learned_nothing, int64_t tried);

}  // namespace cenote
