// SPDX-License-Identifier: Apache-2.0
// SimPool: attention whose query is the group's own mean, y = sum_j p_j LN(x_j) with p = softmax over the rows of
// (<W_Q mean, W_K LN(x_j)> / sqrt(D) + ln w_j); with gamma it ends in a power mean,
// y_c = (sum_j p_j (LN(x_j)_c - min_c + 1e-6)^gamma)^(1 / gamma), which stays relative to the smallest value.
//
// W = 0 is the mean (of normed rows), or their power mean; gamma -> inf the maximum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Options   gamma in [0, 100], default 0: no power mean (the paper has 2 for convolutional networks, 1.25 for
//           transformers). norm, true: LN, else rows as they are. Parameters are <name>.query and <name>.key
//           [D, D], normal with deviation 0.02, and with norm <name>.norm.weight (ones) and .norm.bias (zeros) [D].
// Errors    as `sum`; bad_shape for rows of another width.
// Gradient  with respect to rows and parameters; the minimum is a constant.
// Merge     none: the mean must be known before the first weight.
// Cost      O(N D^2) for the maps, O(E D) time; O(E D) memory too with a power.
// Threads   safe to call concurrently.
// Source    Psomas et al. 2023, arXiv:2309.06891.
#include <ATen/ops/layer_norm.h>

#include <cmath>

#include "kernel/linear.h"
#include "kernel/scalar_map.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .blind_to_count = true};
constexpr double kEpsilon = 1e-6;

class SimPool : public Pool {
 public:
  SimPool(const Options& options, const PoolPlace& place)
      : width_(place.width), gamma_(options.get_double("gamma")) {
    query_ = place.parameters.declare(place.name + ".query", {width_, width_}, Init::normal, 0.02);
    key_ = place.parameters.declare(place.name + ".key", {width_, width_}, Init::normal, 0.02);
    if (!options.get_bool("norm")) return;
    norm_weight_ = place.parameters.declare(place.name + ".norm.weight", {width_}, Init::ones);
    norm_bias_ = place.parameters.declare(place.name + ".norm.bias", {width_}, Init::zeros);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("simpool", kTraits, input);
    check_row_width("simpool", input, width_);
    const Join& join = *input.join;
    const at::Tensor normed =
        norm_weight_.defined()
            ? at::layer_norm(input.rows, {width_}, norm_weight_, norm_bias_, kEpsilon)
            : input.rows;
    const at::Tensor mean = segment_mean(input.rows, input.join, input.weights);
    const at::Tensor logits =
        segment_dots(linear_rows(mean, query_, {}), linear_rows(normed, key_, {}), input.join)
            .div(std::sqrt(static_cast<double>(width_)));
    const auto logs = pool_detail::log_weights(input.join, input.weights);
    if (gamma_ == 0) {
      const at::Tensor shares =
          segment_softmax(logits, input.join, logs.empty() ? nullptr : logs.data());
      return {segment_weighted_sum(normed, shares, input.join), input.join};
    }
    const at::Tensor smallest =
        segment_min(normed, pool_detail::without_weightless(input.join, input.weights)).detach();
    const at::Tensor apart = gather_rows(normed, RowsPtr(input.join, &join.rows))
                                 .sub(gather_rows(smallest, groups_of_links(join)));
    const at::Tensor powers = map_log(apart.clamp_min(0).add(kEpsilon)).mul(gamma_);
    const JoinPtr links = join_of_links(join);
    const at::Tensor value = map_exp(segment_logsumexp(powers.add(logits), links, logs)
                                         .sub(segment_logsumexp(logits, links, logs))
                                         .div(gamma_));
    return {zero_if_empty(value, group_mass(join, input.weights, value)), input.join};
  }

 private:
  int64_t width_;
  double gamma_;
  at::Tensor query_, key_;
  at::Tensor norm_weight_, norm_bias_;  // undefined: rows as they are
};

}  // namespace

CENOTE_POOL(simpool) {
  return {.info = {.summary = "attention asked by the mean of the rows themselves",
                   .source = "Psomas et al. 2023, arXiv:2309.06891",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=simpool",
                   .options = {{.name = "gamma",
                                .default_value = 0.0,
                                .help = "a power mean at the end; 0: none",
                                .min = 0,
                                .max = 100},
                               {.name = "norm",
                                .default_value = true,
                                .help = "layer-normalise the rows first"}}},
          .traits = kTraits,
          .make = make_pool<SimPool>,
          .out_width = same_width};
}

}  // namespace cenote
