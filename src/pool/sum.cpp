// SPDX-License-Identifier: Apache-2.0
// Sum: y = sum_j w_j x_j.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows gives zeros.
// Units     those of the rows, times those of the weights.
// Errors    bad_shape if rows is not [N, D] or the join names a row outside it; bad_input for a
//           weight that is negative or not finite.
// Gradient  with respect to rows: w_j g, added in the order of the join.
// Merge     the sums: added.
// Cost      O(E D) time, O(G D) memory; no E x D messages.
// Threads   safe to call concurrently; holds no state.
// Source    textbook; the reference SAGE model of RelBench pools so
//           (arXiv:2407.20060).
#include "pool/detail/columns.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .linear = true};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("sum", kTraits, input);
  return segment_sum(input.rows, input.join, input.weights);
}

}  // namespace

CENOTE_POOL(sum) {
  return {.info = {.summary = "sum of the rows; keeps how many there are",
                   .source = "textbook; RelBench's reference model, arXiv:2407.20060",
                   .example = "rows 1, 2, 4 -> 7"},
          .traits = kTraits,
          .make = make_column_pool<pool_rows, SumColumn>,
          .out_width = same_width};
}

}  // namespace cenote
