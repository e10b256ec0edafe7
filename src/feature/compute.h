// SPDX-License-Identifier: Apache-2.0
// The values of features for seeds.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/threads.h"
#include "feature/feature.h"
#include "feature/matrix.h"

namespace cenote {

/// Past labels as rows that are known from the end of their window on.
struct LabelRows {
  std::vector<int64_t> entity;             // [n] rows of the entity table
  std::vector<int64_t> time;               // [n] when it was asked about
  std::vector<int64_t> known;              // [n] time from which the label may be seen
  std::vector<std::vector<double>> value;  // [outputs][n]; NaN where unknown
};

/// One column a feature, one row a seed.
///
/// Features that share anchor and rows find the visible rows of every seed once; those that share a
/// column too read it once. A number depends on nothing that is not visible to its seed.
/// Cost      O(rows that seeds reach + seeds) a column and pool; memory: the matrix, and one column of these rows a thread.
/// Threads   columns are shared out; the result does not depend on how.
/// Errors    cancelled.
FeatureMatrix compute_features(const FeatureSpace& space, const LabelRows& labels,
                               std::span<const Feature> features, std::span<const Seed> seeds,
                               ThreadPool& threads,
                               const std::function<bool()>& cancelled = nullptr);

}  // namespace cenote
