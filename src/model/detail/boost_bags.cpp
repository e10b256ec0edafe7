// SPDX-License-Identifier: Apache-2.0
#include "model/detail/boost_bags.h"

#include "feature/explain.h"
#include "tree/shapley.h"

namespace cenote {

std::vector<double> predict_bags(const std::vector<BoosterBag>& bags, int64_t outputs,
                                 const PredictionRange& range, const FeatureMatrix& x,
                                 ThreadPool& threads) {
  std::vector<double> out(x.rows * outputs, 0.0);
  const auto count = static_cast<double>(bags.size());
  for (const BoosterBag& bag : bags) {
    for (size_t b = 0; b < bag.size(); ++b) {
      const auto part = bag[b].predict(x, threads);
      const int64_t width = bag[b].outputs();
      for (int64_t i = 0; i < x.rows; ++i) {
        for (int64_t m = 0; m < width; ++m)
          out[i * outputs + static_cast<int64_t>(b) + m] += part[i * width + m] / count;
      }
    }
  }
  for (double& value : out) value = range.clamp(value);
  return out;
}

FeatureEffects explain_bags(const std::vector<BoosterBag>& bags, int64_t outputs,
                            const PredictionRange& range, const FeatureSpace& space,
                            const std::vector<Feature>& features, const FeatureMatrix& x,
                            ThreadPool& threads) {
  FeatureEffects out;
  const auto count = static_cast<int64_t>(features.size());
  for (const Feature& feature : features) {
    FeatureParts parts = parts_of(space, feature);
    out.names.push_back({describe(space, feature), std::move(parts.table), std::move(parts.link),
                         std::move(parts.column), std::move(parts.window)});
  }
  for (int64_t i = 0; i < x.rows; ++i) {
    for (int64_t f = 0; f < count; ++f)
      out.values.push_back(describe_value(features[f], x.columns[f][i]));
  }
  out.amounts.assign(x.rows * outputs * count, 0.0);
  std::vector<double> start(x.rows * outputs, 0.0);
  const auto bag_count = static_cast<double>(bags.size());
  for (const BoosterBag& bag : bags) {
    for (size_t b = 0; b < bag.size(); ++b) {
      const auto part = shapley_of_predictions(bag[b], x, threads);
      const int64_t width = bag[b].outputs();
      for (int64_t i = 0; i < x.rows; ++i) {
        for (int64_t m = 0; m < width; ++m) {
          const double* from = part.data() + (i * width + m) * (count + 1);
          const int64_t to = i * outputs + static_cast<int64_t>(b) + m;
          for (int64_t f = 0; f < count; ++f) out.amounts[to * count + f] += from[f] / bag_count;
          start[to] += from[count] / bag_count;
        }
      }
    }
  }
  for (size_t i = 0; i < start.size(); ++i) {
    double end = start[i];
    for (int64_t f = 0; f < count; ++f) end += out.amounts[i * count + f];
    const double left = range.clamp(end) - range.clamp(start[i]);
    if (end == start[i] || left == end - start[i]) continue;
    for (int64_t f = 0; f < count; ++f) out.amounts[i * count + f] *= left / (end - start[i]);
  }
  return out;
}

}  // namespace cenote
