// SPDX-License-Identifier: Apache-2.0
// Adaptive exponential: y = beta edscw + (1 - beta) softpool with a learned beta for each column.
//
// beta = 0 is `softpool`, which looks for the largest, beta = 1 `edscw`, which looks for the mean.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   none. The parameter is <name>.beta [D], zeros; beta is its logistic function, so 1/2 at first. (In the
//           paper beta belongs to a place of the picture; sets have none.)
// Errors    as `sum`.
// Gradient  with respect to rows; to beta: g (edscw - softpool).
// Merge     none, as `edscw`.
// Cost      that of its two parts.
// Threads   safe to call concurrently.
// Source    Stergiou, Poppe 2022, arXiv:2111.00772 (adaPool).
#include "kernel/scalar_map.h"
#include "pool/detail/composed_pool.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .blind_to_count = true};

class AdaExpPool : public ComposedPool {
 public:
  AdaExpPool(const Options&, const PoolPlace& place)
      : ComposedPool("ada_exp", place, {"edscw", "softpool"}) {
    beta_ = place.parameters.declare(place.name + ".beta", {place.width}, Init::zeros);
  }

 private:
  at::Tensor combine(const std::vector<at::Tensor>& values) const override {
    const at::Tensor beta = map_sigmoid(beta_.to(values[0].scalar_type()));
    return values[1].add(values[0].sub(values[1]).mul(beta));
  }

  at::Tensor beta_;
};

}  // namespace

CENOTE_POOL(ada_exp) {
  return {.info = {.summary = "a learned mixture of edscw and softpool",
                   .source = "Stergiou, Poppe 2022, arXiv:2111.00772 (adaPool)",
                   .example = "rows 1, 2, 4 with beta 0.4 -> 3.139396"},
          .traits = kTraits,
          .make = make_pool<AdaExpPool>,
          .out_width = same_width};
}

}  // namespace cenote
