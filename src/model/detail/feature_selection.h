// SPDX-License-Identifier: Apache-2.0
// From thousands of suggested features to the hundreds that are worth computing for every seed.
#pragma once

#include <span>
#include <vector>

#include "feature/feature.h"
#include "feature/matrix.h"
#include "model/model.h"
#include "tree/boosting.h"

namespace cenote {

/// Features that can tell seeds apart.
struct DistinctColumns {
  FeatureMatrix matrix;
  std::vector<size_t> feature;  // of each column, in the matrix that they come from
};

/// Leaves out constant columns and copies of earlier ones.
DistinctColumns distinct_columns(FeatureMatrix&& matrix);

/// The features by how much a short run of trees on a sample gains from them, best first, those without any
/// gain left out.
///
/// Cost      the rounds of `options` on the sample.
std::vector<size_t> rank_features(const DistinctColumns& sample, std::span<const double> label,
                                  const BoostingOptions& options, const Hooks& hooks);

/// Those of the features that have gained anything, best first.
std::vector<UsedFeature> describe_used(const FeatureSpace& space,
                                       const std::vector<Feature>& features,
                                       const std::vector<double>& gain);

}  // namespace cenote
