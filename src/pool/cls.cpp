// SPDX-License-Identifier: Apache-2.0
// CLS: the designated row of a group, which is the one with order key 0.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, order [E], weights [E] or none;
//           result [G, D]. A weight only says whether a row takes part: rows of weight 0 do not.
// Empty     a group without rows, or without one whose key is 0, gives zeros.
// Units     those of the rows.
// Errors    as `sum`; bad_input without order keys, or if one is NaN.
// Gradient  with respect to rows: that row takes all of it. Of several the first in the join's order.
// Merge     the row, if it is among those so far; of two the first part's.
// Cost      O(E + G D).
// Threads   safe to call concurrently; holds no state.
// Source    Devlin et al. 2019, arXiv:1810.04805; compared by Tang, Yang 2024, arXiv:2409.02727.
#include "pool/detail/picked_row.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{
    .ordered = true, .mergeable = true, .blind_to_count = true, .linear = true};

class ClsPool : public PickedRowPool {
 public:
  ClsPool(const Options&, const PoolPlace& place) : PickedRowPool(place, "cls", kTraits) {}

 private:
  bool may_be_picked(double key) const override { return key == 0; }
  bool is_better(double, double) const override { return false; }
};

}  // namespace

CENOTE_POOL(cls) {
  return {.info = {.summary = "the designated row, whose order key is 0",
                   .source = "Devlin et al. 2019, arXiv:1810.04805; Tang, Yang 2024, "
                             "arXiv:2409.02727",
                   .example = "rows 1, 2, 4 at places 2, 0, 1 -> 2"},
          .traits = kTraits,
          .make = make_pool<ClsPool>,
          .out_width = same_width};
}

}  // namespace cenote
