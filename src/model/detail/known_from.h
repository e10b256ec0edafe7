// SPDX-License-Identifier: Apache-2.0
// When a label of the past is known.
#pragma once

#include <algorithm>

#include "model/model.h"

namespace cenote {

/// From when on the label of a seed at t is known: its window has closed. A window of length zero (a property
/// of the row itself) has closed only after the seed's moment. Windows of months follow the calendar.
inline int64_t known_from(const ModelContext& context, int64_t t) {
  const bool calendar = context.task != nullptr && context.task->horizon_months > 0;
  return std::max(t + 1, calendar ? label_end(*context.task, t) : t + context.horizon);
}

}  // namespace cenote
