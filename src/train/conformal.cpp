// SPDX-License-Identifier: Apache-2.0
#include "train/conformal.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace cenote {
namespace {

// 40 errors on each side of the widest level leave one beyond each of its ends.
constexpr size_t kLeastRows = 80, kRowsOfPart = 200, kMostParts = 10;

/// The k-th smallest error on both sides so that at least `level` of n + 1 exchangeable ones lie between.
std::pair<double, double> error_range(const std::vector<double>& sorted, double level) {
  const auto n = static_cast<double>(sorted.size());
  const double tail = (1 - level) / 2;
  const double below = std::floor((n + 1) * tail + 1e-9),
               above = std::ceil((n + 1) * (1 - tail) - 1e-9);
  const auto at = [&](double k) { return sorted[static_cast<size_t>(std::clamp(k, 1.0, n)) - 1]; };
  return {at(below), at(above)};
}

bool all_finite(std::span<const double> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

std::pair<double, double> ConformalIntervals::around(double prediction, double level) const {
  const auto found = std::find_if(kIntervalLevels.begin(), kIntervalLevels.end(),
                                  [&](double known) { return std::abs(known - level) < 1e-9; });
  CENOTE_CHECK(found != kIntervalLevels.end(), bad_input,
               "no intervals of {} %; have: 50, 80, 90, 95", level * 100);
  CENOTE_CHECK(!empty(), bad_input,
               "the run has no intervals: they are learned for numbers, from 80 or more rows of "
               "validation");
  const size_t part =
      static_cast<size_t>(std::upper_bound(edges.begin(), edges.end(), prediction) - edges.begin());
  const auto& [low, high] = errors[part][static_cast<size_t>(found - kIntervalLevels.begin())];
  const double least = never_negative ? 0 : -INFINITY;
  return {std::max(least, prediction + low), std::max(least, prediction + high)};
}

ConformalIntervals fit_intervals(std::span<const double> prediction, std::span<const double> label,
                                 bool never_negative) {
  CENOTE_CHECK(prediction.size() == label.size(), bad_shape, "{} predictions, {} labels",
               prediction.size(), label.size());
  ConformalIntervals out;
  out.never_negative = never_negative;
  if (label.size() < kLeastRows || !all_finite(prediction) || !all_finite(label)) return out;
  std::vector<size_t> order(label.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return prediction[a] < prediction[b]; });
  const size_t parts = std::clamp(label.size() / kRowsOfPart, size_t{1}, kMostParts);
  for (size_t part = 0, begin = 0; part < parts; ++part) {
    size_t end = label.size() * (part + 1) / parts;
    // Equal predictions have equal intervals.
    while (end < order.size() && prediction[order[end]] == prediction[order[end - 1]]) ++end;
    if (end < begin + kLeastRows && end < order.size()) continue;
    if (order.size() - end < kLeastRows) end = order.size();
    std::vector<double> errors;
    for (size_t i = begin; i < end; ++i) errors.push_back(label[order[i]] - prediction[order[i]]);
    std::sort(errors.begin(), errors.end());
    auto& of_part = out.errors.emplace_back();
    for (size_t k = 0; k < kIntervalLevels.size(); ++k)
      of_part[k] = error_range(errors, kIntervalLevels[k]);
    if (end == order.size()) break;
    out.edges.push_back(prediction[order[end]]);
    begin = end;
  }
  return out;
}

void check_intervals(const ConformalIntervals& intervals) {
  bool sound = intervals.errors.size() <= kMostParts && all_finite(intervals.edges) &&
               std::is_sorted(intervals.edges.begin(), intervals.edges.end()) &&
               (intervals.empty() ? intervals.edges.empty()
                                  : intervals.edges.size() + 1 == intervals.errors.size());
  for (const auto& part : intervals.errors) {
    for (const auto& [low, high] : part)
      sound = sound && std::isfinite(low) && std::isfinite(high) && low <= high;
  }
  CENOTE_CHECK(sound, bad_input, "model: its intervals are damaged");
}

}  // namespace cenote
