// SPDX-License-Identifier: Apache-2.0
// Attention with a learned query, in H heads:
//
//   y = concat over h of sum_j p_jh (V x_j)[part h]
//   p_jh = softmax over the rows j of the group of <a_h, x_j> + ln w_j
//
// This is cross-attention pooling with a query q that is a parameter: W_Q q and W_K only occur as
// the product W_K^T W_Q q / sqrt(D / H), which is the vector a_h, and the map O that ends it is
// left to the layer that takes the result. With a = 0 it is V times the mean; as a grows it picks
// single rows.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
//           Column d belongs to head d / (D / H).
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Options   heads in [1, 1024], default 4; it must divide D.
//           Parameters are <name>.score [H, D], normal with deviation 0.02, so that it begins near
//           the mean, and <name>.value [D, D], uniform in +-1/sqrt(D).
// Errors    as `sum`; bad_input if heads does not divide D; bad_shape for rows of another width.
// Gradient  with respect to rows and parameters.
// Merge     the largest logit of each head, and the totals of e^logit and of e^logit V x relative to it.
// Cost      O(N D^2) for V, once a row however many groups it is in, then O(E D); O(N D + G D)
//           memory.
// Threads   safe to call concurrently.
// Source    Brothers, "Robust noise attenuation via adaptive pooling of transformer outputs", ICML
//           2025; the learned query: Ilse, Tomczak, Welling 2018, arXiv:1802.04712.
#include <ATen/ops/cat.h>

#include <algorithm>
#include <cmath>

#include "kernel/linear.h"
#include "pool/detail/weights.h"
#include "pool/detail/attention_fold.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class AttentionPool : public AttentionFold {
 public:
  AttentionPool(const Options& options, const PoolPlace& place)
      : AttentionFold(place.width, options.get_int("heads"), place.width) {
    const int64_t heads = options.get_int("heads");
    CENOTE_CHECK(width_ % heads == 0, bad_input,
                 "pool 'attention': {} heads do not divide {} columns", heads, width_);
    score_ = place.parameters.declare(place.name + ".score", {heads, width_}, Init::normal, 0.02);
    const double scale = 1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, width_)));
    value_ =
        place.parameters.declare(place.name + ".value", {width_, width_}, Init::uniform, scale);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("attention", kTraits, input);
    CENOTE_CHECK(input.rows.size(1) == width_, bad_shape,
                 "pool 'attention': rows of {} columns, made for {}", input.rows.size(1), width_);
    return {segment_softmax_sum(linear_rows(input.rows, score_, {}),
                                linear_rows(input.rows, value_, {}), input.join,
                                pool_detail::log_weights(input.join, input.weights)),
            input.join};
  }

 private:
  at::Tensor prepared(const at::Tensor& rows) const override {
    return at::cat({linear_rows(rows, score_.to(at::kDouble), {}),
                    linear_rows(rows, value_.to(at::kDouble), {})},
                   1);
  }

  at::Tensor score_, value_;
};

}  // namespace

CENOTE_POOL(attention) {
  return {
      .info =
          {.summary = "softmax attention with a learned query and several heads",
           .source =
               "Brothers, ICML 2025, with the learned query of Ilse et al. 2018, arXiv:1802.04712",
           .example = "cenote fit examples/f1 --task driver-dnf --set pool=attention",
           .options = {{.name = "heads",
                        .default_value = int64_t{4},
                        .help = "attention heads; a divisor of the width",
                        .min = 1,
                        .max = 1024}}},
      .traits = kTraits,
      .make = make_pool<AttentionPool>,
      .out_width = [](const Options&, int64_t width) { return width; }};
}

}  // namespace cenote
