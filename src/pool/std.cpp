// SPDX-License-Identifier: Apache-2.0
// Standard deviation of the population: y = sqrt(sum_j a_j (x_j - m)^2), m = sum_j a_j x_j, a_j =
// w_j / sum w.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows gives zeros; so does one row, and a group whose rows are equal.
// Units     those of the rows.
// Errors    as `sum`.
// Gradient  with respect to rows: a_j (x_j - m) g / y. The root has no slope at 0: a deviation
//           below 1e-5 counts as 0 and passes no gradient.
// Merge     weight, mean and sum of squares about it, by Chan's formula.
// Cost      O(E D) time in two passes, O(G D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook; as an aggregator of graph networks: Corso et al. 2020, arXiv:2004.05718.
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include "pool/detail/columns.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};
constexpr double kNoVariance = 1e-10;

struct Column : MomentsColumn {
  static double result(const double* s) {
    const double variance = MomentsColumn::variance(s);
    return variance > kNoVariance ? std::sqrt(variance) : 0;
  }
};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("std", kTraits, input);
  const at::Tensor variance = segment_variance(input.rows, input.join, input.weights);
  // Comparing, clamping and the root are exact operations: a group's bytes do not depend on its
  // place.
  const at::Tensor root = variance.clamp_min(kNoVariance).sqrt();
  return at::where(variance.le(kNoVariance), at::zeros({}, root.options()), root);
}

}  // namespace

CENOTE_POOL(std) {
  return {.info = {.summary = "standard deviation of each column",
                   .source = "textbook; Corso et al. 2020, arXiv:2004.05718",
                   .example = "rows 1, 2, 4 -> 1.247219"},
          .traits = kTraits,
          .make = make_column_pool<pool_rows, Column>,
          .out_width = same_width};
}

}  // namespace cenote
