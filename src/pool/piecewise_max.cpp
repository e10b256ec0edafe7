// SPDX-License-Identifier: Apache-2.0
// Piecewise maximum: the largest value of each column over each piece of the group, side by side: left of two anchors,
// between them, right of them.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, pieces D].
//           Coordinates [E, C >= 1] float64; the first column is read.
//           It is the number of the row's piece; rows of other numbers take no part.
// Empty     a piece without rows gives zeros.
// Units     those of the rows.
// Options   pieces in [1, 1000], default 3.
// Errors    as `sum`; bad_input without coordinates.
// Gradient  with respect to rows: the row with the largest value; of ties the first in the join's order.
// Merge     the largest values of each piece so far would do; not written.
// Cost      O(E D) time, O(G pieces D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    Zeng et al. 2015 (PCNN); compared by Nguyen, Dernoncourt, Nguyen 2019, arXiv:1911.01055.
#include <cmath>

#include "pool/detail/make_pool.h"
#include "pool/detail/sub_join.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.needs_coordinates = true, .blind_to_count = true};

class PiecewiseMaxPool : public Pool {
 public:
  PiecewiseMaxPool(const Options& options, const PoolPlace&) : pieces_(options.get_int("pieces")) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("piecewise_max", kTraits, input);
    const JoinPtr pieces = pool_detail::join_of_parts(
        input, pieces_, [&](int64_t, int64_t e, std::vector<int64_t>& to) {
          const double piece = pool_detail::coordinate(input, e, 0);
          if (piece >= 0 && piece < static_cast<double>(pieces_) && piece == std::floor(piece))
            to.push_back(static_cast<int64_t>(piece));
        });
    return {
        segment_max(input.rows, pieces).view({input.join->groups(), pieces_ * input.rows.size(1)}),
        input.join};
  }

 private:
  int64_t pieces_;
};

}  // namespace

CENOTE_POOL(piecewise_max) {
  return {.info = {.summary = "maxima over the pieces that anchors cut a group into, side by side",
                   .source = "Zeng et al. 2015; Nguyen, Dernoncourt, Nguyen 2019, arXiv:1911.01055",
                   .example = "rows 1, 2, 4 in pieces 0, 0, 2 -> 2, 0, 4",
                   .options = {{.name = "pieces",
                                .default_value = int64_t{3},
                                .help = "how many",
                                .min = 1,
                                .max = 1000}}},
          .traits = kTraits,
          .make = make_pool<PiecewiseMaxPool>,
          .out_width = [](const Options& options, int64_t width) {
            return options.get_int("pieces") * width;
          }};
}

}  // namespace cenote
