// SPDX-License-Identifier: Apache-2.0
// Gradient boosted trees: LightGBM grows them, Cenote decides when to stop and keeps the trees.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "feature/matrix.h"
#include "tree/ensemble.h"

namespace cenote {

struct BoostingOptions {
  std::string objective = "l2";  // "binary", "multiclass", "l1", "l2"
  int64_t classes = 1;           // of "multiclass"
  int64_t rounds = 2000;
  int64_t patience = 50;  // rounds without a better metric until the end
  double learning_rate = 0.05;
  int64_t leaves = 31;
  int64_t min_rows_in_leaf = 20;
  double feature_fraction = 0.8;  // columns drawn for each tree
  double bagging_fraction = 0.8;  // rows drawn for each round, without replacement
  double lambda_l2 = 0;
  int64_t max_bins = 255;
  uint64_t seed = 0;
  int threads = 1;
};

struct BoostingReport {
  int64_t rounds_tried = 0;
  int64_t best_round = 0;  // 1-based: the rounds that were kept
  double best_metric = std::numeric_limits<double>::quiet_NaN();  // NaN without validation rows
};

/// A metric of the predictions [validation rows, outputs], as TreeEnsemble::predict gives them.
using BoostingJudge = std::function<double(const std::vector<double>& prediction)>;

/// Fits an ensemble: `rounds` rounds, each one tree an output, cut after the round that the judge
/// liked best.
///
/// Validation rows choose the number of rounds; without them (null, and no judge) there are exactly
/// `rounds`, or fewer if no split is left.
///
/// Shapes    label [rows]: 0 or 1, a class index, or a number; weight [rows] or empty: all 1.
/// Empty     no columns, constant columns, too few rows or one class: the base rate, median or
///           mean.
/// Units     LightGBM holds labels and weights as float32.
/// Errors    bad_input for options out of range, labels or weights that are not finite, labels that
///           are no class, weights below 0 or all 0, no rows, matrices that do not fit; cancelled
///           when the hooks say so, between two rounds; memory and internal for what LightGBM
///           reports.
/// Cost      O(rounds rows columns) time. Beside the matrices: a byte or two a value for its bins,
///           and while these are made a sample of 25 million values (but 20,000 to 200,000 rows).
/// Threads   the same bytes for any number (see detail_booster.cpp). One fit of a process at a
///           time: a second one waits, for LightGBM has one number of threads for all. Its threads
///           meet in busy barriers: where other programs want the cores, two can take four times as
///           long as one (measured); OMP_WAIT_POLICY=passive in the environment prevents that.
/// Source    Friedman 2001, "Greedy function approximation"; Ke et al. 2017, "LightGBM".
TreeEnsemble fit_trees(const FeatureMatrix& train, std::span<const double> label,
                       std::span<const double> weight, const FeatureMatrix* val,
                       const BoostingJudge& judge, bool higher_is_better,
                       const BoostingOptions& options, const Hooks& hooks,
                       BoostingReport* report = nullptr);

}  // namespace cenote
