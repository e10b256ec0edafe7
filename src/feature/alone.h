// SPDX-License-Identifier: Apache-2.0
// How well one number alone tells the labels: what is nearly perfect is rarely true.
#pragma once

#include <cstdint>
#include <span>

#include "task/task.h"

namespace cenote {

/// Held-out skill of the label's mean (binary, regression) or mode (multiclass) by parts of the number's range, 64 at
/// most, missing values a part of their own. Parts learned from the rows of one fold are used on the other.
///
/// Units     binary: AUROC in [0, 1]; regression: R2; multiclass: the part of the errors of the most frequent class
///           that is avoided. NaN where it is undefined.
/// Shapes    value, label [S]; fold [S] of 0 and 1, equal for rows that are not independent.
/// Cost      O(S log S).
double skill_alone(std::span<const float> value, std::span<const double> label,
                   std::span<const uint8_t> fold, TaskType type);

}  // namespace cenote
