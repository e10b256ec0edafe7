// SPDX-License-Identifier: Apache-2.0
// What kernels with exponentials share: the largest logit first.
#pragma once

#include "kernel/detail_dispatch.h"
#include "kernel/exp.h"

namespace cenote {

/// largest[h] becomes logit[h] + shift where that is larger. A NaN stays: the group's result is to show it.
template <class Number>
CENOTE_WIDE void take_largest(Number* largest, const Number* logit, Number shift, int64_t heads) {
  for (int64_t h = 0; h < heads; ++h) {
    const Number here = logit[h] + shift;
    largest[h] = here > largest[h] || here != here ? here : largest[h];
  }
}

}  // namespace cenote
