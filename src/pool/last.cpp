// SPDX-License-Identifier: Apache-2.0
// Last: the row with the largest order key, as it is.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, order [E], weights [E] or none;
//           result [G, D]. A weight only says whether a row takes part: rows of weight 0 do not.
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Errors    as `sum`; bad_input without order keys, or if one is NaN.
// Gradient  with respect to rows: that row takes all of it. Of equal keys the last in the join's
//           order wins.
// Cost      O(E + G D).
// Threads   safe to call concurrently; holds no state.
// Source    textbook.
#include <cmath>

#include "kernel/detail_dispatch.h"
#include "pool/detail/plain_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.ordered = true, .mergeable = true, .blind_to_count = true};

at::Tensor pool_rows(const PoolInput& input) {
  check_pool_input("last", kTraits, input);
  const Join& join = *input.join;
  check_join("last", input.rows, join);
  auto chosen = std::make_shared<Join>();  // one row a group, or none
  for (int64_t group = 0; group < join.groups(); ++group) {
    int64_t best = -1;
    for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
      CENOTE_CHECK(!std::isnan(input.order[e]), bad_input,
                   "pool 'last': the order key of link {} is NaN", e);
      if (input.weights && input.weights[e] == 0) continue;
      if (best < 0 || input.order[e] >= input.order[best]) best = e;
    }
    if (best >= 0) chosen->rows.push_back(join.rows[best]);
    chosen->offsets.push_back(chosen->links());
  }
  return segment_sum(input.rows, chosen);
}

}  // namespace

CENOTE_POOL(last) {
  return {.info = {.summary = "the row with the largest order key",
                   .source = "textbook",
                   .example = "rows 1, 2, 4 at times 10, 30, 20 -> 2"},
          .traits = kTraits,
          .make = make_plain_pool<pool_rows>,
          .out_width = same_width};
}

}  // namespace cenote
