// SPDX-License-Identifier: Apache-2.0
// Quantile of each column: the value at place q (W - 1) of the sorted rows, W = sum w, by a straight line between the two there.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
//           A row stands in the sorted list as often as its weight says; weights need not be whole.
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Errors    as `sum`.
// Options   q in [0, 1], default 0.9: 0 is the smallest value, 1 the largest.
// Gradient  with respect to rows: to the two rows at that place, by how near it is to each. Of equal
//           values the first in the join's order stands first.
// Merge     none of a fixed size.
// Cost      O(E D log of the largest group) time, O(G D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook; Hyndman, Fan 1996, definition 7 (numpy's default).
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

// Not blind to the count: the place q (3 n - 1) is not three times q (n - 1).
constexpr PoolTraits kTraits{};

class QuantilePool : public Pool {
 public:
  QuantilePool(const Options& options, const PoolPlace&) : q_(options.get_double("q")) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("quantile", kTraits, input);
    return {segment_quantile(input.rows, input.join, q_, input.weights), input.join};
  }

 private:
  double q_;
};

}  // namespace

CENOTE_POOL(quantile) {
  return {.info = {.summary = "a quantile of each column",
                   .source = "textbook; Hyndman, Fan 1996, definition 7",
                   .example = "rows 1, 2, 4 -> 3.6",
                   .options = {{.name = "q",
                                .default_value = 0.9,
                                .help = "which part of the rows lies below",
                                .min = 0,
                                .max = 1}}},
          .traits = kTraits,
          .make = make_pool<QuantilePool>,
          .out_width = same_width};
}

}  // namespace cenote
