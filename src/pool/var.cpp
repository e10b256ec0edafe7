// SPDX-License-Identifier: Apache-2.0
// Variance of each column: y = sum_j a_j (x_j - m)^2 with m the mean and a_j = w_j / sum w.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; so does one row.
// Units     those of the rows, squared.
// Errors    as `sum`.
// Gradient  with respect to rows: 2 a_j (x_j - m) g.
// Merge     weight, mean and sum of squares about it, by Chan's formula: never E[x^2] - E[x]^2.
// Cost      O(E D) time in two passes, O(G D + E) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook; Chan, Golub, LeVeque 1983.
#include "pool/detail/columns.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

struct Column : MomentsColumn {
  static double result(const double* s) { return variance(s); }
};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("var", kTraits, input);
  return segment_variance(input.rows, input.join, input.weights);
}

}  // namespace

CENOTE_POOL(var) {
  return {.info = {.summary = "variance of each column",
                   .source = "textbook; Chan, Golub, LeVeque 1983",
                   .example = "rows 1, 2, 4 -> 1.555556"},
          .traits = kTraits,
          .make = make_column_pool<pool_rows, Column>,
          .out_width = same_width};
}

}  // namespace cenote
