// SPDX-License-Identifier: Apache-2.0
// Mixed: y = alpha max + (1 - alpha) mean with a learned alpha.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   per is column or pool: an alpha for each column (default) or a single one. The parameter is
//           <name>.alpha [D] or [1], zeros; alpha is its logistic function, so 1/2 at first.
// Errors    as `sum`.
// Gradient  with respect to rows: g (alpha at the largest + (1 - alpha) a_j); to alpha: g (max - mean).
// Merge     the states of max and mean.
// Cost      O(E D) time, O(G D) memory.
// Threads   safe to call concurrently.
// Source    Lee, Gallagher, Tu 2016, arXiv:1509.08985, section 3.1.
#include "kernel/scalar_map.h"
#include "pool/detail/composed_pool.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class MixedPool : public ComposedPool {
 public:
  MixedPool(const Options& options, const PoolPlace& place)
      : ComposedPool("mixed", place, {"max", "mean"}) {
    const int64_t alphas = options.get_text("per") == "column" ? place.width : 1;
    alpha_ = place.parameters.declare(place.name + ".alpha", {alphas}, Init::zeros);
  }

 private:
  at::Tensor combine(const std::vector<at::Tensor>& values) const override {
    const at::Tensor alpha = map_sigmoid(alpha_.to(values[0].scalar_type()));
    return values[1].add(values[0].sub(values[1]).mul(alpha));
  }

  at::Tensor alpha_;
};

}  // namespace

CENOTE_POOL(mixed) {
  return {.info = {.summary = "a learned mixture of maximum and mean",
                   .source = "Lee, Gallagher, Tu 2016, arXiv:1509.08985",
                   .example = "rows 1, 2, 4 with a quarter of the maximum -> 2.75",
                   .options = {{.name = "per",
                                .default_value = std::string("column"),
                                .help = "one mixture for each column, or one for all",
                                .choices = {"column", "pool"}}}},
          .traits = kTraits,
          .make = make_pool<MixedPool>,
          .out_width = same_width};
}

}  // namespace cenote
