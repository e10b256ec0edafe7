// SPDX-License-Identifier: Apache-2.0
// From thousands of suggested features to the hundreds that are worth computing for every seed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "feature/matrix.h"
#include "tree/boosting.h"

namespace cenote {

/// The features by how much a short run of trees on a sample gains from them, best first; those without
/// any gain, constant ones and copies of earlier ones are left out.
///
/// Cost      `rounds` trees on the sample.
std::vector<size_t> rank_features(const FeatureMatrix& sample, std::span<const double> label,
                                  const BoostingOptions& options, const Hooks& hooks);

/// The chosen columns, in the order of `chosen`.
FeatureMatrix take_columns(FeatureMatrix&& matrix, std::span<const size_t> chosen);

}  // namespace cenote
