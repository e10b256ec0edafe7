// SPDX-License-Identifier: Apache-2.0
// Group generalised mean: `gem` with a learned power for each group of columns.
//
// One group is `gem`, as many as columns a power for each.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Options   groups in [1, 4096], default 4; it must divide D. p, default 3: where all powers begin; learn, true;
//           signed = clamp, abs or shift (pool/detail/power_mean.h). The parameter is <name>.p [groups].
// Errors    as `gem`; bad_input if groups does not divide D.
// Gradient  with respect to rows and powers: g y (ln n - H(pi)) / p^2 with pi = softmax(p ln u).
// Merge     as `gem`.
// Cost      as `gem`.
// Threads   safe to call concurrently.
// Source    Ko et al. 2022, arXiv:2212.04114.
#include <cmath>

#include "pool/detail/power_mean.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class GGemPool : public PowerPool {
 public:
  GGemPool(const Options& options, const PoolPlace& place)
      : PowerPool("ggem", kTraits, options, place, options.get_int("groups"), std::nan("")) {}
};

}  // namespace

CENOTE_POOL(ggem) {
  std::vector<Option> options = power_options(3, true, "clamp");
  options.push_back({.name = "groups",
                     .default_value = int64_t{4},
                     .help = "groups of columns with a power of their own; a divisor of the width",
                     .min = 1,
                     .max = 4096});
  return {.info = {.summary = "generalised mean with a learned power for each group of columns",
                   .source = "Ko et al. 2022, arXiv:2212.04114",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=ggem",
                   .options = options},
          .traits = kTraits,
          .make = make_pool<GGemPool>,
          .out_width = same_width};
}

}  // namespace cenote
