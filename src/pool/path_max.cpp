// SPDX-License-Identifier: Apache-2.0
// Path maximum: the largest value of each column over the rows on a path, or within some hops of it.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
//           Coordinates [E, C >= 1] float64; the first column is read.
//           It says how many hops a row is away from the path; below zero: it cannot be reached.
// Empty     a group without rows near the path gives zeros.
// Units     those of the rows.
// Options   hops in [0, 1000], default 0: the path itself.
// Errors    as `sum`; bad_input without coordinates.
// Gradient  with respect to rows: the row with the largest value; of ties the first in the join's order.
// Merge     the largest values so far would do; not written.
// Cost      O(E + N' D) for the N' rows near the path.
// Threads   safe to call concurrently; holds no state.
// Source    Nguyen, Dernoncourt, Nguyen 2019, arXiv:1911.01055: pooling over the dependency path.
#include "pool/detail/make_pool.h"
#include "pool/detail/sub_join.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.needs_coordinates = true, .blind_to_count = true};

class PathMaxPool : public Pool {
 public:
  PathMaxPool(const Options& options, const PoolPlace&)
      : hops_(static_cast<double>(options.get_int("hops"))) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("path_max", kTraits, input);
    const JoinPtr near =
        pool_detail::join_of_parts(input, 1, [&](int64_t, int64_t e, std::vector<int64_t>& to) {
          const double away = pool_detail::coordinate(input, e, 0);
          if (away >= 0 && away <= hops_) to.push_back(0);
        });
    return {segment_max(input.rows, near), input.join};
  }

 private:
  double hops_;
};

}  // namespace

CENOTE_POOL(path_max) {
  return {.info = {.summary = "maximum over the rows on a path, or near it",
                   .source = "Nguyen, Dernoncourt, Nguyen 2019, arXiv:1911.01055",
                   .example = "rows 1, 2, 4, of which the first two are on the path -> 2",
                   .options = {{.name = "hops",
                                .default_value = int64_t{0},
                                .help = "how far from the path a row may be",
                                .min = 0,
                                .max = 1000}}},
          .traits = kTraits,
          .make = make_pool<PathMaxPool>,
          .out_width = same_width};
}

}  // namespace cenote
