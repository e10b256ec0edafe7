// SPDX-License-Identifier: Apache-2.0
// SoftPool: y_c = sum_j p_jc x_jc with p_.c = softmax over the rows of (beta_c x_jc + ln w_j).
//
// beta -> 0 is the mean, beta -> inf the maximum, beta -> -inf the minimum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   beta in [-1000, 1000], default 1. learn, false: beta of each column is a parameter,
//           <name>.beta [D], kept as its difference from the option. exact_grad, true: the gradient of
//           the formula; false: that of the published kernels, in which the shares p are constants.
// Errors    as `sum`.
// Gradient  with respect to rows: p_j (1 + beta (x_j - y)) g, and to beta: the variance under p, times g.
// Merge     the largest logit, and the totals of e^logit and of e^logit x relative to it.
// Cost      O(E D) time, O(G D) memory: exponentials are computed again in the backward pass.
// Threads   safe to call concurrently.
// Source    Stergiou, Poppe, Kalliatakis 2021, arXiv:2101.00440.
#include <ATen/ops/cat.h>

#include "pool/detail/attention_fold.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

class SoftPool : public AttentionFold {
 public:
  SoftPool(const Options& options, const PoolPlace& place)
      : AttentionFold(place.width, place.width, place.width),
        beta_(options.get_double("beta")),
        exact_(options.get_bool("exact_grad")) {
    if (options.get_bool("learn"))
      change_ = place.parameters.declare(place.name + ".beta", {place.width}, Init::zeros);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("softpool", kTraits, input);
    const at::Tensor all = logits(input.rows);
    return {segment_softmax_sum(exact_ ? all : all.detach(), input.rows, input.join,
                                pool_detail::log_weights(input.join, input.weights)),
            input.join};
  }

 private:
  at::Tensor logits(const at::Tensor& rows) const {
    return change_.defined() ? rows.mul(change_.to(rows.scalar_type()).add(beta_))
                             : rows.mul(beta_);
  }
  at::Tensor prepared(const at::Tensor& rows) const override {
    return at::cat({logits(rows), rows}, 1);
  }

  double beta_;
  bool exact_;
  at::Tensor change_;  // [D]; undefined: beta is fixed
};

}  // namespace

CENOTE_POOL(softpool) {
  return {
      .info = {.summary = "rows weighed by a softmax of their own values, column by column",
               .source = "Stergiou et al. 2021, arXiv:2101.00440",
               .example = "rows 1, 2, 4 -> 3.645579",
               .options =
                   {{.name = "beta",
                     .default_value = 1.0,
                     .help = "0 is the mean, large the maximum, below zero towards the minimum",
                     .min = -1000,
                     .max = 1000},
                    {.name = "learn", .default_value = false, .help = "learn beta, one a column"},
                    {.name = "exact_grad",
                     .default_value = true,
                     .help = "the formula's gradient; false: the published kernels'"}}},
      .traits = kTraits,
      .make = make_pool<SoftPool>,
      .out_width = same_width};
}

}  // namespace cenote
