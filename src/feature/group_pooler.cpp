// SPDX-License-Identifier: Apache-2.0
#include "feature/group_pooler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_set>

#include "base/check.h"

namespace cenote {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// A spread or a slope below this share of the values' own size is rounding.
constexpr double kRounding = 1e-12;

}  // namespace

void GroupPooler::set(std::span<const double> x, std::span<const double> day, bool slope,
                      bool distinct) {
  x_ = x;
  const size_t n = x.size();
  const auto reset = [n](auto& values) { values.assign(n + 1, 0); };
  reset(count_);
  reset(sum_);
  reset(square_);
  last_.assign(n + 1, -1);
  low_queue_.clear();
  high_queue_.clear();
  low_taken_ = high_taken_ = low_last_ = high_last_ = 0;
  // Numbers are taken from the first of them: sums of squares of what is far from zero lose their digits.
  const auto first = std::find_if(x.begin(), x.end(), [](double v) { return !std::isnan(v); });
  shift_ = first == x.end() ? 0 : *first;
  day_shift_ = first == x.end() || !slope ? 0 : day[first - x.begin()];
  for (size_t i = 0; i < n; ++i) {
    const bool valid = !std::isnan(x[i]);
    const double v = valid ? x[i] - shift_ : 0;
    count_[i + 1] = count_[i] + valid;
    sum_[i + 1] = sum_[i] + v;
    square_[i + 1] = square_[i] + v * v;
    last_[i + 1] = valid ? static_cast<int64_t>(i) : last_[i];
  }
  if (slope) {
    reset(t_);
    reset(tt_);
    reset(tx_);
    for (size_t i = 0; i < n; ++i) {
      const bool valid = !std::isnan(x[i]) && !std::isnan(day[i]);
      const double t = valid ? day[i] - day_shift_ : 0, v = valid ? x[i] - shift_ : 0;
      t_[i + 1] = t_[i] + t;
      tt_[i + 1] = tt_[i] + t * t;
      tx_[i + 1] = tx_[i] + t * v;
    }
  }
  if (distinct) {
    reset(distinct_);
    std::unordered_set<double> seen;
    for (size_t i = 0; i < n; ++i)
      distinct_[i + 1] = distinct_[i] + (!std::isnan(x[i]) && seen.insert(x[i]).second);
  }
}

/// The place of the smallest of sign * x in a window, by a queue of candidates that only moves forward.
double GroupPooler::extreme(std::vector<int64_t>& queue, int64_t& taken, int64_t& last_low,
                            double sign, int64_t low, int64_t high) {
  if (low < last_low || high < taken) {
    queue.clear();
    taken = low;
  }
  taken = std::max(taken, low);
  last_low = low;
  for (; taken < high; ++taken) {
    if (std::isnan(x_[taken])) continue;
    while (!queue.empty() && sign * x_[queue.back()] >= sign * x_[taken]) queue.pop_back();
    queue.push_back(taken);
  }
  const auto keep = std::lower_bound(queue.begin(), queue.end(), low);
  if (keep == queue.end()) return kMissing;
  return x_[*keep];
}

double GroupPooler::pool(FeaturePool pool, int64_t low, int64_t high) {
  const auto count = static_cast<double>(count_[high] - count_[low]);
  const double sum = sum_[high] - sum_[low];
  switch (pool) {
    case FeaturePool::count: return count;
    case FeaturePool::sum: return count == 0 ? 0 : sum + shift_ * count;
    case FeaturePool::mean: return count == 0 ? kMissing : sum / count + shift_;
    case FeaturePool::std: {
      if (count == 0) return kMissing;
      const double square = square_[high] - square_[low];
      const double variance = (square - sum * sum / count) / count;
      return variance <= kRounding * square / count ? 0 : std::sqrt(variance);
    }
    case FeaturePool::min: return extreme(low_queue_, low_taken_, low_last_, 1, low, high);
    case FeaturePool::max: return extreme(high_queue_, high_taken_, high_last_, -1, low, high);
    case FeaturePool::last: return last_[high] < low ? kMissing : x_[last_[high]];
    case FeaturePool::first: {
      // The first valid row of a window: the first whose count of valid rows exceeds that at `low`.
      const auto at =
          std::upper_bound(count_.begin() + low, count_.begin() + high + 1, count_[low]);
      return at == count_.begin() + high + 1 ? kMissing : x_[at - count_.begin() - 1];
    }
    case FeaturePool::distinct:
      CENOTE_ASSERT(low == 0);
      return static_cast<double>(distinct_[high]);
    case FeaturePool::slope: {
      if (count < 2) return kMissing;
      const double t = t_[high] - t_[low], tt = tt_[high] - tt_[low];
      const double spread = tt - t * t / count;
      if (spread <= kRounding * tt) return kMissing;
      return (tx_[high] - tx_[low] - t * sum / count) / spread;
    }
    case FeaturePool::change:  // of two ranges: compute.cpp
    case FeaturePool::value: break;
  }
  fail(ErrorCode::internal, "not a pool of rows");
}

double pool_plainly(FeaturePool pool, std::span<const double> x, std::span<const double> day) {
  std::vector<double> v, t;
  for (size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) continue;
    v.push_back(x[i]);
    t.push_back(day[i]);
  }
  const auto n = static_cast<double>(v.size());
  const auto mean_of = [n](const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / n;
  };
  if (pool == FeaturePool::count) return n;
  if (pool == FeaturePool::distinct)
    return static_cast<double>(std::set<double>(v.begin(), v.end()).size());
  if (v.empty()) return pool == FeaturePool::sum ? 0 : kMissing;
  if (pool == FeaturePool::min) return *std::min_element(v.begin(), v.end());
  if (pool == FeaturePool::max) return *std::max_element(v.begin(), v.end());
  if (pool == FeaturePool::first) return v.front();
  if (pool == FeaturePool::last) return v.back();
  const double mean = mean_of(v);
  if (pool == FeaturePool::mean) return mean;
  if (pool == FeaturePool::sum) return mean * n;
  const double day_mean = mean_of(t);
  double square = 0, both = 0, spread = 0;
  for (size_t i = 0; i < v.size(); ++i) {
    square += (v[i] - mean) * (v[i] - mean);
    both += (v[i] - mean) * (t[i] - day_mean);
    spread += (t[i] - day_mean) * (t[i] - day_mean);
  }
  if (pool == FeaturePool::std) return std::sqrt(square / n);
  return v.size() < 2 || spread == 0 ? kMissing : both / spread;
}

}  // namespace cenote
