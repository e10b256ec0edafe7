// SPDX-License-Identifier: Apache-2.0
// Confidence intervals by resampling entities.
//
// Rows of one entity are not independent (a driver appears at many times), so whole entities are drawn.
// Draw b takes its random numbers from (seed, b) alone: an interval does not depend on threads or on
// the order of the rows beyond their entities.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

constexpr int kDraws = 1000, kDifferenceDraws = 200;
/// A spread needs no more rows than these; it shrinks with the root of their number.
constexpr size_t kMostRows = 20000;
constexpr size_t kMostNumbers = 5'000'000;  // nor more of these, where each row has thousands

size_t most_rows(const MetricInput& input) {
  return std::min(kMostRows, kMostNumbers / static_cast<size_t>(std::max<int64_t>(1, input.width)));
}

// Linear between the two nearest values, as numpy.percentile. REQUIRES sorted, not empty.
double percentile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double weight = position - static_cast<double>(below);
  return sorted[below] + weight * (sorted[below + 1] - sorted[below]);
}

/// Rows by entity, to draw from.
class Entities {
 public:
  explicit Entities(std::span<const int64_t> entity) : order_(entity.size()) {
    std::iota(order_.begin(), order_.end(), size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](size_t a, size_t b) { return entity[a] < entity[b]; });
    for (size_t i = 0; i < order_.size(); ++i) {
      if (i == 0 || entity[order_[i]] != entity[order_[i - 1]]) begin_.push_back(i);
    }
    begin_.push_back(order_.size());
  }

  /// Entities whose rows reach `most` in all, chosen by the seed; returns the number of rows left.
  size_t keep(size_t most, uint64_t seed) {
    std::vector<size_t> entities(size());
    std::iota(entities.begin(), entities.end(), size_t{0});
    std::stable_sort(entities.begin(), entities.end(), [&](size_t a, size_t b) {
      return mix64(hash_combine(seed, a)) < mix64(hash_combine(seed, b));
    });
    std::vector<size_t> order, begin;
    for (const size_t e : entities) {
      if (order.size() >= most) break;
      begin.push_back(order.size());
      order.insert(order.end(), order_.begin() + static_cast<int64_t>(begin_[e]),
                   order_.begin() + static_cast<int64_t>(begin_[e + 1]));
    }
    begin.push_back(order.size());
    order_ = std::move(order);
    begin_ = std::move(begin);
    return order_.size();
  }

  size_t size() const { return begin_.size() - 1; }

  /// The rows of every entity, once.
  void all(std::vector<size_t>& rows) const { rows = order_; }

  /// As many entities as there are, drawn with replacement: the rows of all of them.
  void draw(uint64_t seed, int number, std::vector<size_t>& rows) const {
    Random random(hash_combine(seed, static_cast<uint64_t>(number)));
    rows.clear();
    for (size_t i = 0; i < size(); ++i) {
      const size_t drawn = random.below(size());
      for (size_t at = begin_[drawn]; at < begin_[drawn + 1]; ++at) rows.push_back(order_[at]);
    }
  }

 private:
  std::vector<size_t> order_,
      begin_;  // rows of entity e: order_[begin_[e]] ... order_[begin_[e + 1] - 1]
};

/// The metric of some rows; the buffers are used again and again.
class MetricOfRows {
 public:
  MetricOfRows(const MetricEntry& metric, const MetricInput& input, size_t rows)
      : metric_(metric),
        input_(input),
        width_(input.prediction.size() / rows),
        label_width_(input.label.size() / rows) {}

  double compute(std::span<const double> prediction, const std::vector<size_t>& rows) {
    take(prediction, width_, rows, prediction_);
    take(input_.label, label_width_, rows, label_);
    return metric_.compute({prediction_, label_, input_.width});
  }

 private:
  static void take(std::span<const double> table, size_t width, const std::vector<size_t>& rows,
                   std::vector<double>& out) {
    out.clear();
    for (const size_t row : rows) {
      const auto numbers = table.subspan(row * width, width);
      out.insert(out.end(), numbers.begin(), numbers.end());
    }
  }

  const MetricEntry& metric_;
  const MetricInput& input_;
  const size_t width_, label_width_;
  std::vector<double> prediction_, label_;
};

void check_width(const MetricInput& input, size_t rows) {
  const auto width = static_cast<size_t>(std::max<int64_t>(input.width, 1));
  CENOTE_CHECK(input.prediction.size() == rows * width, bad_shape,
               "{} rows of entities, but {} predictions of width {}", rows, input.prediction.size(),
               width);
}

}  // namespace

Interval bootstrap(const MetricEntry& metric, const MetricInput& input,
                   std::span<const int64_t> entity, uint64_t seed,
                   const std::function<bool()>& cancelled) {
  check_width(input, entity.size());
  Interval interval{metric.compute(input), kUndefined, kUndefined};
  if (entity.empty()) return interval;
  Entities entities(entity);
  MetricOfRows resampled(metric, input, entity.size());
  std::vector<double> values;
  std::vector<size_t> rows;
  double centre = interval.value, shrink = 1;
  if (entity.size() > most_rows(input)) {
    const double kept = static_cast<double>(entities.keep(most_rows(input), seed));
    shrink = std::sqrt(kept / static_cast<double>(entity.size()));
    entities.all(rows);
    centre = resampled.compute(input.prediction, rows);
  }
  for (int draw = 0; draw < kDraws; ++draw) {
    CENOTE_CHECK(!cancelled || !cancelled(), cancelled, "cancelled");
    entities.draw(seed, draw, rows);
    const double value = resampled.compute(input.prediction, rows);
    if (!std::isnan(value)) values.push_back(value);  // one class only, say: it says nothing
  }
  if (values.empty()) return interval;
  std::sort(values.begin(), values.end());
  interval.low = percentile(values, 0.025);
  interval.high = percentile(values, 0.975);
  if (shrink < 1) {
    interval.low = interval.value + shrink * (interval.low - centre);
    interval.high = interval.value + shrink * (interval.high - centre);
  }
  return interval;
}

double difference_error(const MetricEntry& metric, const MetricInput& input,
                        std::span<const double> other, std::span<const int64_t> entity,
                        uint64_t seed) {
  check_width(input, entity.size());
  check_width({other, input.label, input.width}, entity.size());
  if (entity.empty()) return kUndefined;
  Entities entities(entity);
  const double share = static_cast<double>(entities.keep(most_rows(input), seed)) /
                       static_cast<double>(entity.size());
  MetricOfRows resampled(metric, input, entity.size());
  std::vector<double> values;
  std::vector<size_t> rows;
  for (int draw = 0; draw < kDifferenceDraws; ++draw) {
    entities.draw(seed, draw, rows);
    const double difference =
        resampled.compute(input.prediction, rows) - resampled.compute(other, rows);
    if (!std::isnan(difference)) values.push_back(difference);
  }
  if (values.size() < kDifferenceDraws / 10) return kUndefined;
  double mean = 0, square = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) square += (value - mean) * (value - mean);
  return std::sqrt(share * square / static_cast<double>(values.size() - 1));
}

}  // namespace cenote
