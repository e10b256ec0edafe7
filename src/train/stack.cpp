// SPDX-License-Identifier: Apache-2.0
#include "train/stack.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/hash.h"

namespace cenote {
namespace {

constexpr int kStackSteps = 20;
constexpr int kBags = 16;
constexpr double kLeastWeight = 0.05;

/// The numbers of some of the rows, whatever the width.
Predictions take_rows(std::span<const double> all, const std::vector<int64_t>& rows,
                      size_t of_rows) {
  const size_t width = of_rows == 0 ? 0 : all.size() / of_rows;
  Predictions out;
  out.reserve(rows.size() * width);
  for (const int64_t row : rows) {
    const auto at = all.begin() + static_cast<std::ptrdiff_t>(row * width);
    out.insert(out.end(), at, at + static_cast<std::ptrdiff_t>(width));
  }
  return out;
}

/// Of a standard normal: the z that is exceeded with probability `share`, in (0, 1/2].
/// Source    bisection of erfc.
double normal_quantile(double share) {
  double low = 0, high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) / 2 > share ? low : high) = middle;
  }
  return low;
}

}  // namespace

Predictions weighted_mean(const std::vector<Predictions>& predictions,
                          std::span<const double> weights) {
  CENOTE_CHECK(predictions.size() == weights.size(), bad_shape, "{} predictions, {} weights",
               predictions.size(), weights.size());
  Predictions out(predictions.empty() ? 0 : predictions[0].size(), 0.0);
  for (size_t k = 0; k < predictions.size(); ++k) {
    CENOTE_CHECK(predictions[k].size() == out.size(), bad_shape,
                 "predictions of {} and of {} numbers", out.size(), predictions[k].size());
    if (weights[k] == 0) continue;
    for (size_t i = 0; i < out.size(); ++i) out[i] += weights[k] * predictions[k][i];
  }
  return out;
}

std::vector<double> stack_weights(const std::vector<Predictions>& predictions, const Judge& judge) {
  std::vector<double> count(predictions.size(), 0.0), best(predictions.size(), 0.0);
  if (predictions.empty()) return best;
  best[0] = 1;  // if nothing is defined, any is as good
  double best_value = std::numeric_limits<double>::quiet_NaN();
  const auto better = [&](double value, double than) {
    return !std::isnan(value) && (std::isnan(than) || judge.is_better(value, than));
  };
  for (int step = 0; step < kStackSteps; ++step) {
    // The best addition, even if it is for the worse: the next may make up for it.
    size_t chosen = predictions.size();
    double chosen_value = std::numeric_limits<double>::quiet_NaN();
    const auto weights_with = [&](size_t k) {
      auto weights = count;
      weights[k] += 1;
      for (double& weight : weights) weight /= step + 1;
      return weights;
    };
    for (size_t k = 0; k < predictions.size(); ++k) {
      const double value = judge.value(weighted_mean(predictions, weights_with(k)));
      if (!better(value, chosen_value)) continue;
      chosen = k;
      chosen_value = value;
    }
    if (chosen == predictions.size()) break;
    if (better(chosen_value, best_value)) {
      best = weights_with(chosen);
      best_value = chosen_value;
    }
    count[chosen] += 1;
  }
  return best;
}

std::vector<double> bagged_stack_weights(const std::vector<Predictions>& predictions,
                                         const MetricEntry& metric, std::span<const double> label,
                                         int64_t width, std::span<const int64_t> entity,
                                         uint64_t seed) {
  const auto judge_of = [&](std::span<const double> of_label) {
    return Judge{"", metric.higher_is_better, [&metric, of_label, width](const Predictions& p) {
                   return metric.compute({p, of_label, width});
                 }};
  };
  std::vector<double> sum(predictions.size(), 0.0);
  double bags = 0;
  for (uint64_t bag = 0; bag < kBags; ++bag) {
    std::vector<int64_t> rows;
    for (size_t i = 0; i < entity.size(); ++i) {
      const uint64_t key = hash_combine(hash_combine(seed, bag), static_cast<uint64_t>(entity[i]));
      if ((mix64(key) & 1) != 0) rows.push_back(static_cast<int64_t>(i));
    }
    const Predictions part = take_rows(label, rows, entity.size());
    const Judge judge = judge_of(part);
    std::vector<Predictions> parts;
    bool defined = false;
    for (const Predictions& one : predictions) {
      parts.push_back(take_rows(one, rows, entity.size()));
      defined = defined || !std::isnan(judge.value(parts.back()));
    }
    if (!defined) continue;
    const auto weights = stack_weights(parts, judge);
    for (size_t k = 0; k < sum.size(); ++k) sum[k] += weights[k];
    bags += 1;
  }
  if (bags == 0) return stack_weights(predictions, judge_of(label));
  // Of very many, the largest may be small: some must stay.
  const double least = std::min(kLeastWeight, 0.5 / static_cast<double>(sum.size()));
  double kept = 0;
  for (double& weight : sum) {
    weight /= bags;
    if (weight < least) weight = 0;
    kept += weight;
  }
  for (double& weight : sum) weight /= kept;
  return sum;
}

size_t compare_with_best(std::vector<Contender>& contenders,
                         const std::vector<Predictions>& predictions, const MetricEntry& metric,
                         std::span<const double> label, int64_t width,
                         std::span<const int64_t> entity, uint64_t seed) {
  size_t best = 0;
  for (size_t k = 0; k < contenders.size(); ++k) {
    contenders[k].metric = metric.compute({predictions[k], label, width});
    const double here = contenders[k].metric, there = contenders[best].metric;
    if (!std::isnan(here) &&
        (std::isnan(there) || (metric.higher_is_better ? here > there : here < there))) {
      best = k;
    }
  }
  for (size_t k = 0; k < contenders.size(); ++k) {
    if (k == best) continue;
    Contender& one = contenders[k];
    one.behind = std::abs(contenders[best].metric - one.metric);
    one.standard_error =
        difference_error(metric, {predictions[best], label, width}, predictions[k], entity, seed);
    if (std::isnan(one.behind)) one.behind = std::numeric_limits<double>::infinity();
  }
  return best;
}

size_t simplest_good_enough(const std::vector<Contender>& contenders) {
  size_t best = 0;
  while (best < contenders.size() && contenders[best].behind > 0) ++best;
  for (size_t k = 0; k < best; ++k) {
    if (contenders[k].behind <= contenders[k].standard_error) return k;
  }
  return best;
}

bool may_be_luck(const Contender& learned_nothing, int64_t tried) {
  const double errors = normal_quantile(0.05 / static_cast<double>(std::max<int64_t>(1, tried)));
  return learned_nothing.behind <= errors * learned_nothing.standard_error;
}

}  // namespace cenote
