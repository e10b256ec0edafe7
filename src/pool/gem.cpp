// SPDX-License-Identifier: Apache-2.0
// Generalised mean: y_c = (sum_j a_j u_jc^p)^(1/p) with a_j = w_j / sum w and u = max(x, 1e-6).
//
// p = 1 is the mean of what is above zero, p -> inf the maximum, p -> 0 the geometric mean, p = -1 the harmonic one,
// p -> -inf the minimum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Options   p, default 3, at least 0.05 away from 0; learn, false; signed = clamp, abs or shift
//           (pool/detail/power_mean.h).
// Errors    as `sum`; bad_input for a p near 0.
// Gradient  with respect to rows: y softmax(p ln u)_j / u_j g, none where x is clamped; to p.
// Merge     of each column the largest p ln u and the total of e^(p ln u) relative to it; the weight. Not for shift.
// Cost      O(E D) time and the logarithm of each row; shift takes O(E D) memory.
// Threads   safe to call concurrently.
// Source    Radenovic, Tolias, Chum 2019, arXiv:1711.02512; Ko et al. 2022, arXiv:2212.04114.
#include <cmath>

#include "pool/detail/power_mean.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

class GemPool : public PowerPool {
 public:
  GemPool(const Options& options, const PoolPlace& place)
      : PowerPool("gem", kTraits, options, place, 1, std::nan("")) {}
};

}  // namespace

CENOTE_POOL(gem) {
  const std::vector<Option> options = power_options(3, false, "clamp");
  return {.info = {.summary = "generalised mean, between the geometric mean and the maximum",
                   .source = "Radenovic et al. 2019, arXiv:1711.02512",
                   .example = "rows 1, 2, 4 with p 3 -> 2.897792",
                   .options = options},
          .traits = kTraits,
          .make = make_pool<GemPool>,
          .out_width = same_width};
}

}  // namespace cenote
