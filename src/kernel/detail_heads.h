// SPDX-License-Identifier: Apache-2.0
// Rows of several heads: `heads` parts of `part` columns, one after another, each with a number of its own.
#pragma once

#include <cstdint>

#include "kernel/detail_dispatch.h"

namespace cenote {
namespace {

/// out[h * part + d] += weights[h] * in[h * part + d]
template <class Number>
CENOTE_WIDE void add_heads(Number* out, const Number* in, const Number* weights, int64_t heads,
                           int64_t part) {
  for (int64_t h = 0; h < heads; ++h, out += part, in += part) {
    const Number weight = weights[h];
    for (int64_t d = 0; d < part; ++d) out[d] += weight * in[d];
  }
}

/// out[h] = sum over d of a[h * part + d] * b[h * part + d], in sixteen partial sums whatever the
/// width of the machine's registers, so that every instruction set adds in the same order.
template <class Number>
CENOTE_WIDE void dot_heads(Number* out, const Number* a, const Number* b, int64_t heads,
                           int64_t part) {
  constexpr int64_t kLanes = 16;
  for (int64_t h = 0; h < heads; ++h, a += part, b += part) {
    if (part < kLanes) {  // the same additions, without the empty lanes
      Number total = 0;
      for (int64_t d = 0; d < part; ++d) total += a[d] * b[d];
      out[h] = total;
      continue;
    }
    Number lanes[kLanes] = {};
    int64_t d = 0;
    for (; d + kLanes <= part; d += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[d + lane] * b[d + lane];
    }
    for (int64_t lane = 0; d < part; ++d, ++lane) lanes[lane] += a[d] * b[d];
    Number total = 0;
    for (int64_t lane = 0; lane < kLanes; ++lane) total += lanes[lane];
    out[h] = total;
  }
}

}  // namespace
}  // namespace cenote
