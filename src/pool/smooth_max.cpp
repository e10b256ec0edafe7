// SPDX-License-Identifier: Apache-2.0
// Smooth maximum: y_c = tau ln sum_j a_j e^(x_jc / tau) with a_j = w_j / sum w.
//
// tau -> 0 is the maximum, tau -> inf the mean, and tau -> 0 from below would be the minimum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   tau in [1e-4, 1e4], default 0.1. learn, false: tau is a parameter, softplus of
//           <name>.tau [1], which is kept as its difference from where it begins.
// Errors    as `sum`.
// Gradient  with respect to rows: softmax(x / tau)_j g; to tau: (y - E_p x) / tau g.
// Merge     the largest x / tau, the total of e^(x / tau) relative to it, and the weight.
// Cost      O(E D) time, O(G D) memory, and x / tau of each row.
// Threads   safe to call concurrently.
// Source    Zhu et al. 2023, arXiv:2305.08040, smoothed-max pooling.
#include <ATen/ops/softplus.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "pool/detail/folded_pool.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

class SmoothMaxPool : public FoldedPool {
 public:
  SmoothMaxPool(const Options& options, const PoolPlace& place)
      : FoldedPool(place.width, 1 + OnlineSoftmax::kSize * place.width, place.width),
        tau_(options.get_double("tau")) {
    if (options.get_bool("learn"))
      change_ = place.parameters.declare(place.name + ".tau", {1}, Init::zeros);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("smooth_max", kTraits, input);
    const at::Tensor tau = temperature(input.rows);
    const at::Tensor sums = segment_logsumexp(input.rows.div(tau), input.join,
                                              pool_detail::log_weights(input.join, input.weights));
    const at::Tensor mass = group_mass(*input.join, input.weights, sums);
    return {
        zero_if_empty(sums.sub(log_group_mass(*input.join, input.weights, sums)).mul(tau), mass),
        input.join};
  }

 private:
  /// [1], of the type of `like`.
  at::Tensor temperature(const at::Tensor& like) const {
    // The inverse of softplus: ln(e^tau - 1).
    const double begin = tau_ > 30 ? tau_ : std::log(std::expm1(tau_));
    if (change_.defined()) return at::softplus(change_.to(like.scalar_type()).add(begin));
    return like.new_full({1}, tau_);
  }
  double fixed_temperature() const {
    return temperature(at::zeros({1}, at::kDouble)).detach().item<double>();
  }

  // A state is the weight, and of each column the largest logit with its total (and a zero).
  void start(double* s) const override {
    s[0] = 0;
    for (int64_t c = 0; c < width_; ++c) OnlineSoftmax::start(s + 1 + c * OnlineSoftmax::kSize);
  }
  void add(double* s, const double* row, double weight, double) const override {
    s[0] += weight;
    for (int64_t c = 0; c < width_; ++c)
      OnlineSoftmax::add(s + 1 + c * OnlineSoftmax::kSize, row[c], 0, weight);
  }
  void join_states(double* s, const double* other) const override {
    s[0] += other[0];
    for (int64_t c = 0; c < width_; ++c)
      OnlineSoftmax::join(s + 1 + c * OnlineSoftmax::kSize, other + 1 + c * OnlineSoftmax::kSize);
  }
  void result(const double* s, double* out) const override {
    const double tau = fixed_temperature();
    for (int64_t c = 0; c < width_ && s[0] > 0; ++c)
      out[c] = tau * (OnlineSoftmax::log_sum(s + 1 + c * OnlineSoftmax::kSize) - std::log(s[0]));
  }
  at::Tensor prepared(const at::Tensor& rows) const override {
    return rows.div(fixed_temperature());
  }

  double tau_;
  at::Tensor change_;  // [1]; undefined: tau is fixed
};

}  // namespace

CENOTE_POOL(smooth_max) {
  return {
      .info =
          {.summary = "a maximum that every row has a part in: tau ln of the mean of e^(x/tau)",
           .source = "Zhu et al. 2023, arXiv:2305.08040",
           .example = "rows 1, 2, 4 with tau 0.5 -> 3.460984",
           .options = {{.name = "tau",
                        .default_value = 0.1,
                        .help = "small is the maximum, large the mean",
                        .min = 1e-4,
                        .max = 1e4},
                       {.name = "learn", .default_value = false, .help = "learn tau, one number"}}},
      .traits = kTraits,
      .make = make_pool<SmoothMaxPool>,
      .out_width = same_width};
}

}  // namespace cenote
