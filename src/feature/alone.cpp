// SPDX-License-Identifier: Apache-2.0
#include "feature/alone.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "metric/metric.h"

namespace cenote {
namespace {

constexpr size_t kParts = 64;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// The upper ends of at most kParts parts with about equally many of the values.
std::vector<float> part_ends(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  std::vector<float> ends;
  for (size_t k = 1; k <= kParts && !values.empty(); ++k) {
    const size_t below = values.size() * k / kParts;
    if (below == 0) continue;
    const float end = values[below - 1];
    if (ends.empty() || end > ends.back()) ends.push_back(end);
  }
  return ends;
}

size_t part_of(const std::vector<float>& ends, float value) {
  if (std::isnan(value)) return ends.size() + 1;
  return static_cast<size_t>(std::lower_bound(ends.begin(), ends.end(), value) - ends.begin());
}

/// What the labels of each part come to: their mean, drawn towards that of all by one example, or their mode.
std::vector<double> learn(std::span<const float> value, std::span<const double> label,
                          const std::vector<size_t>& rows, const std::vector<float>& ends,
                          bool mode) {
  const size_t parts = ends.size() + 2;
  double all = 0;
  for (const size_t row : rows) all += label[row] / static_cast<double>(rows.size());
  if (!mode) {
    std::vector<double> sum(parts, all), count(parts, 1);
    for (const size_t row : rows) {
      const size_t part = part_of(ends, value[row]);
      sum[part] += label[row];
      count[part] += 1;
    }
    for (size_t k = 0; k < parts; ++k) sum[k] /= count[k];
    return sum;
  }
  std::vector<std::map<double, int64_t>> counts(parts + 1);  // the last: of all
  for (const size_t row : rows) {
    ++counts[part_of(ends, value[row])][label[row]];
    ++counts[parts][label[row]];
  }
  const auto most = [](const std::map<double, int64_t>& of) {
    return std::max_element(of.begin(), of.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
  };
  std::vector<double> out;
  for (size_t k = 0; k < parts; ++k) out.push_back(most(counts[counts[k].empty() ? parts : k]));
  return out;
}

double skill(const std::vector<double>& prediction, const std::vector<double>& label,
             TaskType type) {
  if (type == TaskType::binary_classification)
    return metric_registry().at("auroc").compute({prediction, label, 1});
  if (type == TaskType::regression)
    return metric_registry().at("r2").compute({prediction, label, 1});
  std::map<double, double> counts;
  double right = 0, most = 0;
  for (size_t i = 0; i < label.size(); ++i) {
    right += prediction[i] == label[i];
    most = std::max(most, counts[label[i]] += 1);
  }
  const double wrong = static_cast<double>(label.size()) - most;
  return wrong == 0 ? kUndefined : (right - most) / wrong;
}

}  // namespace

double skill_alone(std::span<const float> value, std::span<const double> label,
                   std::span<const uint8_t> fold, TaskType type) {
  double sum = 0;
  for (const uint8_t held_out : {0, 1}) {
    std::vector<size_t> rows;
    std::vector<float> values;
    std::vector<double> prediction, truth;
    for (size_t i = 0; i < value.size(); ++i) {
      if (fold[i] == held_out || std::isnan(label[i])) continue;
      rows.push_back(i);
      if (!std::isnan(value[i])) values.push_back(value[i]);
    }
    if (rows.empty()) return kUndefined;
    const auto ends = part_ends(std::move(values));
    const auto learned =
        learn(value, label, rows, ends, type == TaskType::multiclass_classification);
    for (size_t i = 0; i < value.size(); ++i) {
      if (fold[i] != held_out || std::isnan(label[i])) continue;
      prediction.push_back(learned[part_of(ends, value[i])]);
      truth.push_back(label[i]);
    }
    if (truth.empty()) return kUndefined;
    sum += skill(prediction, truth, type);
  }
  return sum / 2;
}

}  // namespace cenote
