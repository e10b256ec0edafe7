// SPDX-License-Identifier: Apache-2.0
#include "model/detail/feature_selection.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

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

FeatureMatrix take_columns(FeatureMatrix&& matrix, std::span<const size_t> chosen) {
  FeatureMatrix out;
  out.rows = matrix.rows;
  for (const size_t f : chosen) out.columns.push_back(std::move(matrix.columns[f]));
  return out;
}

std::vector<size_t> rank_features(const FeatureMatrix& sample, std::span<const double> label,
                                  const BoostingOptions& options, const Hooks& hooks) {
  FeatureMatrix different;
  different.rows = sample.rows;
  std::vector<size_t> place;
  std::unordered_map<uint64_t, size_t> known;
  for (size_t f = 0; f < sample.columns.size(); ++f) {
    const auto& column = sample.columns[f];
    if (column.empty() || is_constant(column)) continue;
    if (!known.emplace(column_hash(column), f).second) continue;
    different.columns.push_back(column);
    place.push_back(f);
  }
  if (place.empty()) return {};
  const TreeEnsemble trees =
      fit_trees(different, label, {}, nullptr, nullptr, false, options, hooks, nullptr);
  const std::vector<double> gain = trees.importance();
  std::vector<size_t> order(place.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return gain[a] > gain[b]; });
  std::vector<size_t> out;
  for (const size_t f : order) {
    if (gain[f] > 0) out.push_back(place[f]);
  }
  return out;
}

}  // namespace cenote
