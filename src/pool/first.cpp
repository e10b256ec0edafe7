// SPDX-License-Identifier: Apache-2.0
// First: the row with the smallest order key, as it is.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, order [E], weights [E] or none;
//           result [G, D]. A weight only says whether a row takes part: rows of weight 0 do not.
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Errors    as `sum`; bad_input without order keys, or if one is NaN.
// Gradient  with respect to rows: that row takes all of it. Of equal keys the first in the join's
//           order wins.
// Merge     the key and the row of the earliest so far; of equal keys the first part's.
// Cost      O(E + G D).
// Threads   safe to call concurrently; holds no state.
// Source    textbook.
#include "pool/detail/picked_row.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{
    .ordered = true, .mergeable = true, .blind_to_count = true, .linear = true};

class FirstPool : public PickedRowPool {
 public:
  FirstPool(const Options&, const PoolPlace& place) : PickedRowPool(place, "first", kTraits) {}

 private:
  bool is_better(double key, double best) const override { return key < best; }
};

}  // namespace

CENOTE_POOL(first) {
  return {.info = {.summary = "the row with the smallest order key",
                   .source = "textbook",
                   .example = "rows 1, 2, 4 at times 10, 30, 5 -> 4"},
          .traits = kTraits,
          .make = make_pool<FirstPool>,
          .out_width = same_width};
}

}  // namespace cenote
