// SPDX-License-Identifier: Apache-2.0
// Attention-based pooling of multiple instances, y = sum_j p_j x_j with p = softmax over the rows of
// (<a, tanh(U x_j)> + ln w_j).
//
// a = 0 is the mean; a growing picks single rows. The classifier that the paper ends with, <c, y>, is linear and so is
// left to what takes the result.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   hidden in [1, 4096], default 32: rows of U. Parameters are <name>.hidden [hidden, D] and
//           <name>.score [1, hidden], normal with deviation sqrt(2 / (in + out)) (Xavier).
// Errors    as `sum`; bad_shape for rows of another width.
// Gradient  with respect to rows and parameters.
// Merge     the largest logit, and the totals of e^logit and of e^logit x relative to it.
// Cost      O(N D hidden) for the logits, once a row however many groups it is in, then O(E D).
// Threads   safe to call concurrently.
// Source    Ilse, Tomczak, Welling 2018, arXiv:1802.04712; Zhu et al. 2023, arXiv:2305.08040 (MIDAM).
#include <ATen/ops/cat.h>

#include <cmath>

#include "kernel/linear.h"
#include "kernel/scalar_map.h"
#include "pool/detail/attention_fold.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class MilAttentionPool : public AttentionFold {
 public:
  MilAttentionPool(const Options& options, const PoolPlace& place)
      : AttentionFold(place.width, 1, place.width) {
    const int64_t hidden = options.get_int("hidden");
    const auto xavier = [](int64_t in, int64_t out) {
      return std::sqrt(2 / static_cast<double>(in + out));
    };
    hidden_ = place.parameters.declare(place.name + ".hidden", {hidden, place.width}, Init::normal,
                                       xavier(place.width, hidden));
    score_ = place.parameters.declare(place.name + ".score", {1, hidden}, Init::normal,
                                      xavier(hidden, 1));
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("mil_attention", kTraits, input);
    CENOTE_CHECK(input.rows.size(1) == width_, bad_shape,
                 "pool 'mil_attention': rows of {} columns, made for {}", input.rows.size(1),
                 width_);
    return {segment_softmax_sum(logits(input.rows, hidden_, score_), input.rows, input.join,
                                pool_detail::log_weights(input.join, input.weights)),
            input.join};
  }

 private:
  static at::Tensor logits(const at::Tensor& rows, const at::Tensor& hidden,
                           const at::Tensor& score) {
    return linear_rows(map_tanh(linear_rows(rows, hidden, {})), score, {});
  }
  at::Tensor prepared(const at::Tensor& rows) const override {
    return at::cat({logits(rows, hidden_.to(at::kDouble), score_.to(at::kDouble)), rows}, 1);
  }

  at::Tensor hidden_, score_;
};

}  // namespace

CENOTE_POOL(mil_attention) {
  return {
      .info = {.summary = "attention by a small network of each row (multiple-instance learning)",
               .source = "Ilse et al. 2018, arXiv:1802.04712; Zhu et al. 2023, arXiv:2305.08040",
               .example = "cenote fit examples/f1 --task driver-dnf --set pool=mil_attention",
               .options = {{.name = "hidden",
                            .default_value = int64_t{32},
                            .help = "width of the network's hidden layer",
                            .min = 1,
                            .max = 4096}}},
      .traits = kTraits,
      .make = make_pool<MilAttentionPool>,
      .out_width = same_width};
}

}  // namespace cenote
