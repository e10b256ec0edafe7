// SPDX-License-Identifier: Apache-2.0
// What the simple models share: statistics of labels, and reading their states.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "task/task.h"

namespace cenote {

/// One value for all labels: the median (regression), the share of class 1 (binary), the share of each
/// class (multiclass), the share of each label (multilabel). Zeros if there are none; NaN labels are skipped.
std::vector<double> central_label(const std::vector<double>& label, TaskType type, int64_t outputs);

/// From the head's numbers to predictions: regression works on (label - shift) / scale and clamps.
struct OutputScale {
  double shift = 0, scale = 1;
  double low = -1e300, high = 1e300;
};

/// Shift, scale and clamp of a regression's output, from training labels.
OutputScale regression_scale(const std::vector<double>& labels);

/// state[name] as `count` finite numbers. Errors bad_input.
std::vector<double> load_numbers(const nlohmann::json& state, const std::string& name,
                                 size_t count);

}  // namespace cenote
