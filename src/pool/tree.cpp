// SPDX-License-Identifier: Apache-2.0
// Tree: other pools as leaves, and at each inner node a gate between its two sides:
// f = s f_left + (1 - s) f_right with s = logistic(<omega, [first leaf; second leaf]>).
//
// In the paper leaves and gates are filters over windows of a fixed size; for sets leaves are pools, and gates look at the
// first two leaves' values. Of one level with the leaves max, mean it is `gated` up to the order in its gate.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Options   leaves, default "mean,max,min,std": 2, 4, 8 or 16 pools as wide as the rows, left to right. Parameters
//           are <name>.gate [leaves - 1, 2 D], normal with deviation 0.02: the root first, then level by level.
// Errors    as `sum`; bad_input for another number of leaves, or one that needs more than rows; not_found.
// Gradient  with respect to rows, gates and the leaves' parameters.
// Merge     the leaves' states, where all have one.
// Cost      that of the leaves and O(leaves G D).
// Threads   safe to call concurrently.
// Source    Lee, Gallagher, Tu 2016, arXiv:1509.08985, section 3.3; the set form is ours.
#include <ATen/ops/cat.h>

#include "kernel/linear.h"
#include "kernel/scalar_map.h"
#include "pool/detail/composed_pool.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class TreePool : public ComposedPool {
 public:
  TreePool(const Options& options, const PoolPlace& place)
      : TreePool(options, place, leaves(options)) {}

 private:
  TreePool(const Options&, const PoolPlace& place, const std::vector<std::string>& leaves)
      : ComposedPool("tree", place, leaves), leaves_(std::ssize(leaves)) {
    gate_ = place.parameters.declare(place.name + ".gate", {leaves_ - 1, 2 * place.width},
                                     Init::normal, 0.02);
  }

  static std::vector<std::string> leaves(const Options& options) {
    const auto names = split_names(options.get_text("leaves"), "option 'leaves' of pool 'tree'");
    const size_t n = names.size();
    CENOTE_CHECK(n == 2 || n == 4 || n == 8 || n == 16, bad_input,
                 "pool 'tree' has {} leaves; it can have 2, 4, 8 or 16", n);
    for (const std::string& name : names) {
      const PoolEntry& leaf = pool_registry().at(name);
      CENOTE_CHECK(leaf.out_width(Options(leaf.info.options), 1000) == 1000, bad_input,
                   "pool 'tree': '{}' is not as wide as the rows", name);
    }
    return names;
  }

  at::Tensor combine(const std::vector<at::Tensor>& values) const override {
    const at::Tensor gates = map_sigmoid(
        linear_rows(at::cat({values[0], values[1]}, 1), gate_.to(values[0].scalar_type()), {}));
    std::vector<at::Tensor> level = values;
    while (level.size() > 1) {
      // The nodes above 2 k values are numbers k - 1 ... 2 k - 2.
      const int64_t first = std::ssize(level) / 2 - 1;
      for (int64_t k = 0; k <= first; ++k) {
        const at::Tensor gate = gates.narrow(1, first + k, 1);
        level[k] = level[2 * k + 1].add(level[2 * k].sub(level[2 * k + 1]).mul(gate));
      }
      level.resize(level.size() / 2);
    }
    return level[0];
  }

  int64_t leaves_;
  at::Tensor gate_;
};

}  // namespace

CENOTE_POOL(tree) {
  return {.info = {.summary = "a tree of gates over other pools",
                   .source = "Lee, Gallagher, Tu 2016, arXiv:1509.08985",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=tree --set "
                              "pool.tree.leaves=mean,max",
                   .options = {{.name = "leaves",
                                .default_value = std::string("mean,max,min,std"),
                                .help = "2, 4, 8 or 16 pools, separated by commas"}}},
          .traits = kTraits,
          .make = make_pool<TreePool>,
          .out_width = same_width};
}

}  // namespace cenote
