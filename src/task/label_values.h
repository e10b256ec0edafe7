// SPDX-License-Identifier: Apache-2.0
// Labels as numbers: values, 0 and 1, class indices.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "task/task.h"

namespace cenote {

/// A value that can be a label at all: not null, not NaN, not infinite.
bool has_label(const ColumnData& label, int64_t row);

/// Fills label and width of the three tables and, for multiclass tasks, the class names: the training
/// labels in their order, then those of the other splits in theirs.
///
/// `point`   "task 'x', train labels: the target 'y' of driverId 7 at ...": how a message begins.
/// Errors    bad_input: not numbers, neither 0 nor 1, lists of different lengths, too many classes.
void label_values(TaskType type, const std::array<const ColumnData*, 3>& splits,
                  const std::function<std::string(size_t split, int64_t row)>& point,
                  Labels& labels);

}  // namespace cenote
