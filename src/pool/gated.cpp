// SPDX-License-Identifier: Apache-2.0
// Gated: y = s max + (1 - s) mean, where the gate s depends on what is pooled: s = logistic(<omega, [mean; max]>).
//
// The paper's gate looks at the rows of a window of fixed size; the set form looks at their mean and maximum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   none. The parameter is <name>.gate [1, 2 D], zeros: half of each at first.
// Errors    as `sum`.
// Gradient  with respect to rows and the gate.
// Merge     the states of max and mean.
// Cost      O(E D) time, O(G D) memory.
// Threads   safe to call concurrently.
// Source    Lee, Gallagher, Tu 2016, arXiv:1509.08985, section 3.2; the set form is ours.
#include <ATen/ops/cat.h>

#include "kernel/linear.h"
#include "kernel/scalar_map.h"
#include "pool/detail/composed_pool.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class GatedPool : public ComposedPool {
 public:
  GatedPool(const Options&, const PoolPlace& place)
      : ComposedPool("gated", place, {"max", "mean"}) {
    gate_ = place.parameters.declare(place.name + ".gate", {1, 2 * place.width}, Init::zeros);
  }

 private:
  at::Tensor combine(const std::vector<at::Tensor>& values) const override {
    const at::Tensor& max = values[0];
    const at::Tensor& mean = values[1];
    const at::Tensor gate =
        map_sigmoid(linear_rows(at::cat({mean, max}, 1), gate_.to(mean.scalar_type()), {}));
    return mean.add(max.sub(mean).mul(gate));
  }

  at::Tensor gate_;
};

}  // namespace

CENOTE_POOL(gated) {
  return {.info = {.summary = "maximum and mean, mixed by a gate that looks at both",
                   .source = "Lee, Gallagher, Tu 2016, arXiv:1509.08985",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=gated"},
          .traits = kTraits,
          .make = make_pool<GatedPool>,
          .out_width = same_width};
}

}  // namespace cenote
