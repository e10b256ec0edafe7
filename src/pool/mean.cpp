// SPDX-License-Identifier: Apache-2.0
// Mean: y = sum_j a_j x_j with a_j = w_j / sum w (1/n without weights).
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Errors    as `sum`.
// Gradient  with respect to rows: a_j g.
// Merge     weight and mean of each column.
// Cost      O(E D) time, O(G D + E) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook; GraphSAGE's mean aggregator, arXiv:1706.02216.
#include "pool/detail/columns.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true, .linear = true};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("mean", kTraits, input);
  return segment_mean(input.rows, input.join, input.weights);
}

}  // namespace

CENOTE_POOL(mean) {
  return {.info = {.summary = "mean of the rows; blind to how many there are",
                   .source = "textbook; GraphSAGE, arXiv:1706.02216",
                   .example = "rows 1, 2, 4 -> 2.333333"},
          .traits = kTraits,
          .make = make_column_pool<pool_rows, MeanColumn>,
          .out_width = same_width};
}

}  // namespace cenote
