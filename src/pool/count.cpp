// SPDX-License-Identifier: Apache-2.0
// Count: how many rows a group has, whatever they hold; with weights their sum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, 1].
// Empty     0.
// Options   scale: `count` (the default) gives n, `log` gives ln(1 + n), which a network bears
//           better where groups differ by orders of magnitude.
// Errors    as `sum`.
// Gradient  none: the result does not depend on what the rows hold.
// Merge     the number so far.
// Cost      O(E) time, O(G) memory.
// Threads   safe to call concurrently; holds no state.
// Source    textbook.
#include <ATen/ops/empty.h>

#include <cmath>

#include "kernel/detail_dispatch.h"
#include "pool/detail/folded_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .differentiable = false};

class CountPool : public FoldedPool {
 public:
  CountPool(const Options& options, const PoolPlace& place)
      : FoldedPool(place.width, 1, 1), log_(options.get_text("scale") == "log") {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("count", kTraits, input);
    const Join& join = *input.join;
    check_join("count", input.rows, join);
    at::Tensor out = at::empty({join.groups(), 1}, input.rows.options().requires_grad(false));
    dispatch_floating("count", out, [&](auto zero) {
      using Number = decltype(zero);
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group) {
        double total = 0;
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          total += input.weights ? input.weights[e] : 1;
        }
        to[group] = static_cast<Number>(log_ ? std::log1p(total) : total);
      }
    });
    return {out, input.join};
  }

 private:
  void add(double* s, const double*, double weight, double) const override { s[0] += weight; }
  void join_states(double* s, const double* other) const override { s[0] += other[0]; }
  void result(const double* s, double* out) const override {
    out[0] = log_ ? std::log1p(s[0]) : s[0];
  }

  bool log_;
};

}  // namespace

CENOTE_POOL(count) {
  return {.info = {.summary = "number of rows, one column wide",
                   .source = "textbook",
                   .example = "rows 1, 2, 4 -> 3",
                   .options = {{.name = "scale",
                                .default_value = std::string("count"),
                                .help = "n itself, or ln(1 + n)",
                                .choices = {"count", "log"}}}},
          .traits = kTraits,
          .make = make_pool<CountPool>,
          .out_width = [](const Options&, int64_t) -> int64_t { return 1; }};
}

}  // namespace cenote
