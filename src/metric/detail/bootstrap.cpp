// SPDX-License-Identifier: Apache-2.0
// Confidence intervals by resampling entities.
//
// Rows of one entity are not independent (a driver appears at many times), so whole entities are drawn.
// Draw b takes its random numbers from (seed, b) alone: an interval does not depend on threads or on
// the order of the rows beyond their entities.
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

constexpr int kDraws = 1000;

// Linear between the two nearest values, as numpy.percentile. REQUIRES sorted, not empty.
double percentile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double weight = position - static_cast<double>(below);
  return sorted[below] + weight * (sorted[below + 1] - sorted[below]);
}

}  // namespace

Interval bootstrap(const MetricEntry& metric, const MetricInput& input,
                   std::span<const int64_t> entity, uint64_t seed) {
  const size_t rows = entity.size();
  const auto width = static_cast<size_t>(std::max<int64_t>(input.width, 1));
  CENOTE_CHECK(input.prediction.size() == rows * width, bad_shape,
               "{} rows of entities, but {} predictions of width {}", rows, input.prediction.size(),
               width);
  Interval interval{metric.compute(input), kUndefined, kUndefined};
  if (rows == 0) return interval;
  const size_t label_width = input.label.size() / rows;

  // Rows of entity e: order[begin[e]] ... order[begin[e + 1] - 1].
  std::vector<size_t> order(rows), begin;
  for (size_t i = 0; i < rows; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return entity[a] < entity[b]; });
  for (size_t i = 0; i < rows; ++i) {
    if (i == 0 || entity[order[i]] != entity[order[i - 1]]) begin.push_back(i);
  }
  const size_t entities = begin.size();
  begin.push_back(rows);

  std::vector<double> values, prediction, label;
  for (int draw = 0; draw < kDraws; ++draw) {
    Random random(hash_combine(seed, static_cast<uint64_t>(draw)));
    prediction.clear();
    label.clear();
    for (size_t i = 0; i < entities; ++i) {
      const size_t drawn = random.below(entities);
      for (size_t at = begin[drawn]; at < begin[drawn + 1]; ++at) {
        const auto p = input.prediction.subspan(order[at] * width, width);
        const auto y = input.label.subspan(order[at] * label_width, label_width);
        prediction.insert(prediction.end(), p.begin(), p.end());
        label.insert(label.end(), y.begin(), y.end());
      }
    }
    const double value = metric.compute({prediction, label, input.width});
    if (!std::isnan(value)) values.push_back(value);  // one class only, say: it says nothing
  }
  if (values.empty()) return interval;
  std::sort(values.begin(), values.end());
  interval.low = percentile(values, 0.025);
  interval.high = percentile(values, 0.975);
  return interval;
}

}  // namespace cenote
