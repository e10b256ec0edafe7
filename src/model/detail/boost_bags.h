// SPDX-License-Identifier: Apache-2.0
// Bags of boosters as one model: their mean, and what each feature adds to it.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "feature/feature.h"
#include "model/model.h"
#include "tree/ensemble.h"

namespace cenote {

/// Boosters of one bag: one, or one a label of a multilabel task.
using BoosterBag = std::vector<TreeEnsemble>;

/// Where predictions are kept.
struct PredictionRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  double clamp(double value) const { return std::clamp(value, low, high); }
};

/// The mean of the bags' predictions, within `range`: [rows, outputs].
std::vector<double> predict_bags(const std::vector<BoosterBag>& bags, int64_t outputs,
                                 const PredictionRange& range, const FeatureMatrix& x,
                                 ThreadPool& threads);

/// What each feature adds to predict_bags(): the mean over the bags of their Shapley values in the unit of
/// predictions (tree/shapley.h). Where the range cuts a prediction off, the amounts shrink by the same share.
///
/// Shapes    names and values of the features; amounts [rows, outputs, features].
FeatureEffects explain_bags(const std::vector<BoosterBag>& bags, int64_t outputs,
                            const PredictionRange& range, const FeatureSpace& space,
                            const std::vector<Feature>& features, const FeatureMatrix& x,
                            ThreadPool& threads);

}  // namespace cenote
