// SPDX-License-Identifier: Apache-2.0
// Median of each column: the middle value of the sorted rows, or half way between the two in the middle.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
//           A row stands in the sorted list as often as its weight says; weights need not be whole.
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Errors    as `sum`.
// Gradient  with respect to rows: to the two rows at that place, by how near it is to each. Of equal
//           values the first in the join's order stands first.
// Merge     none of a fixed size.
// Cost      O(E D log of the largest group) time, O(G D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook; Hyndman, Fan 1996, definition 7 (numpy's default).
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.blind_to_count = true};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("median", kTraits, input);
  return segment_quantile(input.rows, input.join, 0.5, input.weights);
}

}  // namespace

CENOTE_POOL(median) {
  return {.info = {.summary = "middle value of each column",
                   .source = "textbook; Hyndman, Fan 1996, definition 7",
                   .example = "rows 1, 2, 4 -> 2"},
          .traits = kTraits,
          .make = make_plain_pool<pool_rows>,
          .out_width = same_width};
}

}  // namespace cenote
