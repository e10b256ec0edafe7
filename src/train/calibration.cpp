// SPDX-License-Identifier: Apache-2.0
#include "train/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "base/hash.h"
#include "train/stack.h"

namespace cenote {
namespace {

constexpr int64_t kLeastOfClass = 20;
constexpr uint64_t kFolds = 5;
constexpr double kLeastPart = 20, kMostParts = 50;
constexpr size_t kMostKnots = 1000;
constexpr int kMostNewtonSteps = 100;

double log_odds(double probability) {
  constexpr double kEdge = std::numeric_limits<double>::epsilon();
  const double p = std::clamp(probability, kEdge, 1 - kEdge);
  return std::log(p / (1 - p));
}

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

/// log(1 + exp(x)) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// Between the knots; REQUIRES two at least.
double interpolate(const std::vector<double>& from, const std::vector<double>& to, double x) {
  const auto above = std::upper_bound(from.begin() + 1, from.end() - 1, x);
  const auto k = static_cast<size_t>(above - from.begin());
  const double share = (x - from[k - 1]) / (from[k] - from[k - 1]);
  return to[k - 1] + std::clamp(share, 0.0, 1.0) * (to[k] - to[k - 1]);
}

struct Part {
  double from, to, weight;
};

/// Pool adjacent violators: parts in order of `from`; afterwards `to` does not fall.
void make_monotone(std::vector<Part>& parts) {
  std::vector<Part> out;
  for (Part part : parts) {
    while (!out.empty() && out.back().to >= part.to) {
      const Part& last = out.back();
      const double weight = last.weight + part.weight;
      part = {(last.from * last.weight + part.from * part.weight) / weight,
              (last.to * last.weight + part.to * part.weight) / weight, weight};
      out.pop_back();
    }
    out.push_back(part);
  }
  parts = std::move(out);
}

Calibration fit_method(const std::string& method, std::span<const double> probability,
                       std::span<const double> label) {
  if (method == "platt") return fit_platt(probability, label);
  return method == "isotonic" ? fit_isotonic(probability, label) : Calibration{};
}

/// Each row by a map learned from the other parts of the entities.
Predictions held_out(const std::string& method, std::span<const double> probability,
                     std::span<const double> label, const std::vector<uint64_t>& fold) {
  Predictions out(probability.begin(), probability.end());
  for (uint64_t left_out = 0; left_out < kFolds; ++left_out) {
    std::vector<double> x, y;
    for (size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] == left_out) continue;
      x.push_back(probability[i]);
      y.push_back(label[i]);
    }
    const Calibration map = fit_method(method, x, y);
    for (size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] == left_out) out[i] = map(probability[i]);
    }
  }
  return out;
}

}  // namespace

double Calibration::operator()(double probability) const {
  if (method == "none" || std::isnan(probability)) return probability;
  if (method == "platt") return sigmoid(from[0] * log_odds(probability) + to[0]);
  return interpolate(from, to, probability);
}

void check_calibration(const Calibration& c) {
  const auto finite = [](const std::vector<double>& numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); });
  };
  bool sound = c.from.size() == c.to.size() && finite(c.from) && finite(c.to);
  if (c.method == "none") {
    sound = sound && c.from.empty();
  } else if (c.method == "platt") {
    sound = sound && c.from.size() == 1 && c.from[0] > 0;
  } else {
    sound = sound && c.method == "isotonic" && c.from.size() >= 2 && c.from.size() <= kMostKnots &&
            std::is_sorted(c.from.begin(), c.from.end(), std::less_equal<>()) &&
            std::is_sorted(c.to.begin(), c.to.end()) && c.to.front() >= 0 && c.to.back() <= 1;
  }
  CENOTE_CHECK(sound, bad_input, "model: the calibration '{}' is damaged", c.method);
}

Calibration fit_platt(std::span<const double> probability, std::span<const double> label) {
  double positives = 0;
  for (const double y : label) positives += y;
  const double negatives = static_cast<double>(label.size()) - positives;
  const double high = (positives + 1) / (positives + 2), low = 1 / (negatives + 2);
  std::vector<double> x;
  for (const double p : probability) x.push_back(log_odds(p));
  const auto loss = [&](double slope, double intercept) {
    double sum = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double score = slope * x[i] + intercept, target = label[i] > 0 ? high : low;
      sum += softplus(score) - target * score;
    }
    return sum;
  };
  double slope = 1, intercept = 0, now = loss(slope, intercept);
  for (int step = 0; step < kMostNewtonSteps; ++step) {
    // The curvature is kept away from zero, where all scores are alike.
    double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-9;
    for (size_t i = 0; i < x.size(); ++i) {
      const double p = sigmoid(slope * x[i] + intercept);
      const double gap = p - (label[i] > 0 ? high : low), curve = p * (1 - p);
      g0 += gap * x[i];
      g1 += gap;
      h00 += curve * x[i] * x[i];
      h01 += curve * x[i];
      h11 += curve;
    }
    if (std::abs(g0) < 1e-9 && std::abs(g1) < 1e-9) break;
    const double determinant = h00 * h11 - h01 * h01;
    const double d0 = -(h11 * g0 - h01 * g1) / determinant,
                 d1 = -(h00 * g1 - h01 * g0) / determinant;
    double stride = 1;
    while (stride > 1e-10) {
      const double next = loss(slope + stride * d0, intercept + stride * d1);
      if (next < now) {
        now = next;
        break;
      }
      stride /= 2;
    }
    if (stride <= 1e-10) break;  // rounding is all that is left
    slope += stride * d0;
    intercept += stride * d1;
  }
  if (!std::isfinite(slope) || !std::isfinite(intercept) || slope <= 0) return {};
  return {"platt", {slope}, {intercept}};
}

Calibration fit_isotonic(std::span<const double> probability, std::span<const double> label) {
  std::vector<size_t> order(probability.size());
  std::iota(order.begin(), order.end(), size_t{0});
  // Of equal probabilities the order does not matter: they stay together.
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return probability[a] < probability[b]; });
  const auto rows = static_cast<double>(order.size());
  const double of_part = std::max(kLeastPart, std::ceil(rows / kMostParts));
  double all = 0;
  for (const double y : label) all += y / rows;
  std::vector<Part> parts;
  for (size_t i = 0; i < order.size();) {
    Part part{0, 0, 0};
    while (i < order.size() &&
           (part.weight < of_part || probability[order[i]] == probability[order[i - 1]])) {
      part.from += probability[order[i]];
      part.to += label[order[i]];
      part.weight += 1;
      ++i;
    }
    parts.push_back({part.from / part.weight, (part.to + all) / (part.weight + 1), part.weight});
  }
  make_monotone(parts);
  Calibration out{"isotonic", {0}, {0}};
  for (const Part& part : parts) {
    if (!(part.from > out.from.back()) || part.from >= 1) continue;
    out.from.push_back(part.from);
    out.to.push_back(part.to);
  }
  out.from.push_back(1);
  out.to.push_back(1);
  return out;
}

ChosenCalibration choose_calibration(std::span<const double> probability,
                                     std::span<const double> label, std::span<const int64_t> entity,
                                     uint64_t seed) {
  CENOTE_CHECK(probability.size() == label.size() && entity.size() == label.size(), bad_shape,
               "{} probabilities, {} labels, {} entities", probability.size(), label.size(),
               entity.size());
  ChosenCalibration out;
  out.loss_before = out.loss_after = std::numeric_limits<double>::quiet_NaN();
  const auto positives = std::count(label.begin(), label.end(), 1.0);
  const auto negatives = std::count(label.begin(), label.end(), 0.0);
  const bool known =
      std::none_of(probability.begin(), probability.end(), [](double p) { return std::isnan(p); });
  if (positives < kLeastOfClass || negatives < kLeastOfClass || !known) return out;
  std::vector<uint64_t> fold;
  for (const int64_t one : entity)
    fold.push_back(mix64(hash_combine(seed, static_cast<uint64_t>(one))) % kFolds);
  const std::array<std::string, 3> methods{"none", "platt", "isotonic"};
  std::vector<Contender> contenders;
  std::vector<Predictions> predictions;
  for (const std::string& method : methods) {
    contenders.push_back({.name = method});
    predictions.push_back(held_out(method, probability, label, fold));
  }
  compare_with_best(contenders, predictions, metric_registry().at("log_loss"), label, 1, entity,
                    seed);
  const size_t kept = simplest_good_enough(contenders);
  out.calibration = fit_method(methods[kept], probability, label);
  out.loss_before = contenders[0].metric;
  out.loss_after = contenders[kept].metric;
  return out;
}

}  // namespace cenote
