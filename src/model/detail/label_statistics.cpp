// SPDX-License-Identifier: Apache-2.0
#include "model/detail/label_statistics.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace cenote {
namespace {

/// The p-quantile of sorted numbers, linear between the two nearest (as numpy's default).
double quantile(const std::vector<double>& sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<size_t>(place);
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (place - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

OutputScale regression_scale(const std::vector<double>& labels) {
  OutputScale out;
  std::vector<double> sorted;
  for (const double label : labels) {
    if (std::isfinite(label)) sorted.push_back(label);
  }
  if (sorted.empty()) return out;
  std::sort(sorted.begin(), sorted.end());
  out.shift = quantile(sorted, 0.5);
  double mean = 0, square = 0;
  for (const double label : sorted) mean += label / static_cast<double>(sorted.size());
  for (const double label : sorted)
    square += (label - mean) * (label - mean) / static_cast<double>(sorted.size());
  out.scale = square > 0 ? std::sqrt(square) : 1;
  out.low = quantile(sorted, 0.02);
  out.high = quantile(sorted, 0.98);
  // Of labels that are nearly all alike the few others are what is asked for.
  if (out.low == out.high) {
    out.low = sorted.front();
    out.high = sorted.back();
  }
  return out;
}

std::vector<double> central_label(const std::vector<double>& label, TaskType type,
                                  int64_t outputs) {
  std::vector<double> out(outputs, 0.0);
  if (type == TaskType::regression) {
    std::vector<double> sorted;
    for (const double value : label) {
      if (std::isfinite(value)) sorted.push_back(value);
    }
    std::sort(sorted.begin(), sorted.end());
    const size_t n = sorted.size();
    if (n > 0) out[0] = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return out;
  }
  // Multiclass labels are class indices; the others are 0 or 1, column by column.
  const bool multiclass = type == TaskType::multiclass_classification;
  int64_t rows = 0;
  for (size_t i = 0; i < label.size(); ++i) {
    if (!std::isfinite(label[i])) continue;
    if (multiclass) {
      const auto index = static_cast<int64_t>(label[i]);
      if (index >= 0 && index < outputs) out[index] += 1;
      ++rows;
    } else {
      out[i % outputs] += label[i];
      rows += i % outputs == 0;
    }
  }
  for (double& share : out) share = rows > 0 ? share / static_cast<double>(rows) : 0;
  return out;
}

std::vector<double> load_numbers(const nlohmann::json& state, const std::string& name,
                                 size_t count) {
  try {
    auto numbers = state.at(name).get<std::vector<double>>();
    CENOTE_CHECK(numbers.size() == count, bad_input, "model: '{}' has {} numbers, {} are needed",
                 name, numbers.size(), count);
    for (const double number : numbers) {
      CENOTE_CHECK(std::isfinite(number), bad_input,
                   "model: '{}' holds a number that is not finite", name);
    }
    return numbers;
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::bad_input, "model: '{}' is missing or no list of numbers", name);
  }
}

}  // namespace cenote
