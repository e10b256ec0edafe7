// SPDX-License-Identifier: Apache-2.0
// Generalised norm: y_c = n^-q (sum_j u_jc^p)^(1/p) with u = abs(x) + 1e-6 and n the weight of the group.
//
// p = 1, q = 0 is the sum (of sizes), p = 1, q = 1 the mean, p -> inf the maximum, q = 1 / p `gem`, p = 2, q = 0 the
// Euclidean norm. Repeating every row k times multiplies it by k^(1/p - q).
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Units     those of the rows.
// Options   p, default 2, at least 0.05 away from 0; q in [-10, 10], default 0; learn, true: both are learned from
//           there, as <name>.p [1] and <name>.q [1]; signed = abs, clamp or shift.
// Errors    as `gem`.
// Gradient  with respect to rows: y softmax(p ln u)_j sign(x_j) / u_j g; to p: -g y H(pi) / p^2; to q: -g y ln n.
// Merge     as `gem`.
// Cost      as `gem`.
// Threads   safe to call concurrently.
// Source    Ko, Kwon, Shin, Lee 2021, arXiv:2106.06210.
#include "pool/detail/power_mean.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true};

class GnpPool : public PowerPool {
 public:
  GnpPool(const Options& options, const PoolPlace& place)
      : PowerPool("gnp", kTraits, options, place, 1, options.get_double("q")) {}
};

}  // namespace

CENOTE_POOL(gnp) {
  std::vector<Option> options = power_options(2, true, "abs");
  options.push_back({.name = "q",
                     .default_value = 0.0,
                     .help = "power of the number of rows that is divided by",
                     .min = -10,
                     .max = 10});
  return {.info = {.summary = "generalised norm: between sum, mean, norms and maximum",
                   .source = "Ko, Kwon, Shin, Lee 2021, arXiv:2106.06210",
                   .example = "rows 1, 2, 4 with p 2 and q 0.5 -> 2.645752",
                   .options = options},
          .traits = kTraits,
          .make = make_pool<GnpPool>,
          .out_width = same_width};
}

}  // namespace cenote
