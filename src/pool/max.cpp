// SPDX-License-Identifier: Apache-2.0
// Maximum: y_c = max_j x_jc, column by column.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
//           A weight only says whether a row takes part: rows of weight 0 do not.
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Errors    as `sum`.
// Gradient  with respect to rows: that row takes all of it; of ties the first in the join's order.
// Merge     the largest values so far.
// Cost      O(E D) time, O(G D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook.
#include "pool/detail/columns.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("max", kTraits, input);
  return segment_max(input.rows, pool_detail::without_weightless(input.join, input.weights));
}

}  // namespace

CENOTE_POOL(max) {
  return {.info = {.summary = "largest value of each column",
                   .source = "textbook",
                   .example = "rows 1, 2, 4 -> 4"},
          .traits = kTraits,
          .make = make_column_pool<pool_rows, MaxColumn>,
          .out_width = same_width};
}

}  // namespace cenote
