// SPDX-License-Identifier: Apache-2.0
#include "model/detail/feature_selection.h"

#include <algorithm>
#include <numeric>
#include <cmath>
#include <unordered_set>

#include "base/hash.h"

namespace cenote {
namespace {

uint64_t column_hash(const std::vector<float>& column) {
  return hash_bytes({reinterpret_cast<const char*>(column.data()), column.size() * sizeof(float)});
}

/// All missing, or all one value.
bool is_constant(const std::vector<float>& column) {
  return std::all_of(column.begin(), column.end(), [&](float value) {
    return value == column[0] || (std::isnan(value) && std::isnan(column[0]));
  });
}

}  // namespace

DistinctColumns distinct_columns(FeatureMatrix&& matrix) {
  DistinctColumns out;
  out.matrix.rows = matrix.rows;
  std::unordered_set<uint64_t> known;
  for (size_t f = 0; f < matrix.columns.size(); ++f) {
    auto& column = matrix.columns[f];
    if (column.empty() || is_constant(column) || !known.insert(column_hash(column)).second)
      continue;
    out.matrix.columns.push_back(std::move(column));
    out.feature.push_back(f);
  }
  return out;
}

std::vector<size_t> rank_features(const DistinctColumns& sample, std::span<const double> label,
                                  const BoostingOptions& options, const Hooks& hooks) {
  const TreeEnsemble trees =
      fit_trees(sample.matrix, label, {}, nullptr, nullptr, false, options, hooks, nullptr);
  const std::vector<double> gain = trees.importance();
  std::vector<size_t> out;
  for (size_t column = 0; column < gain.size(); ++column) {
    if (gain[column] > 0) out.push_back(column);
  }
  std::stable_sort(out.begin(), out.end(), [&](size_t a, size_t b) { return gain[a] > gain[b]; });
  for (size_t& column : out) column = sample.feature[column];
  return out;
}

std::vector<UsedFeature> describe_used(const FeatureSpace& space,
                                       const std::vector<Feature>& features,
                                       const std::vector<double>& gain) {
  const double total = std::accumulate(gain.begin(), gain.end(), 0.0);
  std::vector<UsedFeature> out;
  for (size_t f = 0; f < features.size(); ++f) {
    if (gain[f] <= 0) continue;  // kept after screening, but no tree has split by it
    out.push_back({describe(space, features[f]), to_sql(space, features[f]), gain[f] / total});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const UsedFeature& a, const UsedFeature& b) { return a.share > b.share; });
  return out;
}

}  // namespace cenote
