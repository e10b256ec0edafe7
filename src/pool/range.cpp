// SPDX-License-Identifier: Apache-2.0
// Range: y_c = max_j x_jc - min_j x_jc, column by column.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
//           A weight only says whether a row takes part: rows of weight 0 do not.
// Empty     a group without rows gives zeros; so does one row.
// Units     those of the rows.
// Errors    as `sum`.
// Gradient  with respect to rows: g to the row with the largest value, -g to that with the smallest.
// Merge     the largest and the smallest values so far.
// Cost      O(E D) time, O(G D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook.
#include "pool/detail/columns.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

struct Column {
  static constexpr int64_t kSize = 2;
  static void start(double* s) { MaxColumn::start(s), MinColumn::start(s + 1); }
  static void add(double* s, double x, double weight) {
    MaxColumn::add(s, x, weight), MinColumn::add(s + 1, x, weight);
  }
  static void join(double* s, const double* other) {
    MaxColumn::join(s, other), MinColumn::join(s + 1, other + 1);
  }
  static double result(const double* s) { return MaxColumn::result(s) - MinColumn::result(s + 1); }
};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("range", kTraits, input);
  const JoinPtr join = pool_detail::without_weightless(input.join, input.weights);
  return segment_max(input.rows, join).sub(segment_min(input.rows, join));
}

}  // namespace

CENOTE_POOL(range) {
  return {.info = {.summary = "largest minus smallest value of each column",
                   .source = "textbook",
                   .example = "rows 1, 2, 4 -> 3"},
          .traits = kTraits,
          .make = make_column_pool<pool_rows, Column>,
          .out_width = same_width};
}

}  // namespace cenote
