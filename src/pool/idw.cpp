// SPDX-License-Identifier: Apache-2.0
// Inverse distance weights: y_c = sum_j p_j x_j with p_j in proportion to w_j / (abs(x_j - m) + epsilon), m the
// mean of the group's column.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   epsilon in [1e-12, 1], default 1e-6. The published kernel has none and divides by zero where a row is the
//           mean.
// Errors    as `sum`.
// Gradient  with respect to rows; at x_j = m that of the size is taken as zero.
// Merge     none: the mean must be known before the first weight.
// Cost      O(E D) time in two passes, O(G D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    the baseline of Stergiou, Poppe 2022, arXiv:2111.00772 (adaPool).
#include "kernel/segment_alike.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.blind_to_count = true};

class IdwPool : public Pool {
 public:
  IdwPool(const Options& options, const PoolPlace&) : epsilon_(options.get_double("epsilon")) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("idw", kTraits, input);
    const at::Tensor mean = segment_mean(input.rows, input.join, input.weights);
    return {segment_alike_mean(input.rows, mean, input.join, input.weights, Alikeness::nearness,
                               epsilon_),
            input.join};
  }

 private:
  double epsilon_;
};

}  // namespace

CENOTE_POOL(idw) {
  return {.info = {.summary = "rows weighed by how near they are to their mean",
                   .source = "the baseline of Stergiou, Poppe 2022, arXiv:2111.00772",
                   .example = "rows 1, 2, 4 -> 2.103448",
                   .options = {{.name = "epsilon",
                                .default_value = 1e-6,
                                .help = "added to distances",
                                .min = 1e-12,
                                .max = 1}}},
          .traits = kTraits,
          .make = make_pool<IdwPool>,
          .out_width = same_width};
}

}  // namespace cenote
