// SPDX-License-Identifier: Apache-2.0
// Smooth maximum of a bag of which only some rows are seen at a time: y = tau ln((1 - gamma) e^(q / tau) + gamma f),
// f = sum_j a_j e^(x_j / tau) over the rows that are seen. The query q is what the pool gave for the bag the last time: the
// running estimate is held by the caller, and the pool remembers nothing.
//
// gamma = 1 is `smooth_max` of what is seen; of whole bags it stays at the exact value once it is there.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, query [G, D], weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, keeps its estimate: the query.
// Units     those of the rows.
// Options   tau in [1e-4, 1e4], default 0.1. gamma in (0, 1], default 0.9. surrogate, false: the gradient of the formula;
//           true: the published estimator's, tau f' / s, which is that of the rows without the factor gamma, and none
//           for the query.
// Errors    as `sum`; bad_input without a query, bad_shape for one of another width.
// Gradient  with respect to rows and query.
// Merge     none in this form; that of the rows is `smooth_max`.
// Cost      O(E D) time, O(G D) memory, and x / tau of each row.
// Threads   safe to call concurrently; holds no state.
// Source    Zhu et al. 2023, arXiv:2305.08040 (MIDAM), variance-reduced stochastic pooling.
#include <ATen/ops/cat.h>
#include <ATen/ops/where.h>

#include <cmath>

#include "pool/detail/group_mass.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.needs_query = true, .blind_to_count = true};

class StochasticPool : public Pool {
 public:
  StochasticPool(const Options& options, const PoolPlace&)
      : tau_(options.get_double("tau")),
        gamma_(options.get_double("gamma")),
        surrogate_(options.get_bool("surrogate")) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("stochastic_pool", kTraits, input);
    check_query_width("stochastic_pool", input, input.rows.size(1));
    const int64_t groups = input.join->groups();
    const at::Tensor seen = segment_logsumexp(input.rows.div(tau_), input.join,
                                              pool_detail::log_weights(input.join, input.weights));
    const at::Tensor mass = group_mass(*input.join, input.weights, seen);
    const at::Tensor fresh = seen.sub(log_group_mass(*input.join, input.weights, seen));
    const at::Tensor before = (surrogate_ ? input.query.detach() : input.query).div(tau_);
    // Two links a group: the estimate before with the weight 1 - gamma, and what is seen with gamma.
    auto pairs = std::make_shared<Join>();
    std::vector<double> logs;
    for (int64_t g = 0; g < groups; ++g) {
      pairs->rows.insert(pairs->rows.end(), {g, groups + g});
      pairs->offsets.push_back(pairs->links());
      logs.insert(logs.end(), {std::log1p(-gamma_), std::log(gamma_)});
    }
    at::Tensor y = segment_logsumexp(at::cat({before, fresh}, 0), pairs, logs).mul(tau_);
    // The published estimator has no factor gamma: the value stays, the slope is divided by it.
    if (surrogate_) y = y.detach().add(y.sub(y.detach()).div(gamma_));
    return {at::where(mass.gt(0), y, input.query), input.join};
  }

 private:
  double tau_, gamma_;
  bool surrogate_;
};

}  // namespace

CENOTE_POOL(stochastic_pool) {
  return {.info = {.summary =
                       "smooth maximum of a bag seen in pieces; the query is the estimate so far",
                   .source = "Zhu et al. 2023, arXiv:2305.08040 (MIDAM)",
                   .example = "rows 1, 2, 4, estimate 3, tau 0.5, gamma 0.9 -> 3.429926",
                   .options = {{.name = "tau",
                                .default_value = 0.1,
                                .help = "small is the maximum, large the mean",
                                .min = 1e-4,
                                .max = 1e4},
                               {.name = "gamma",
                                .default_value = 0.9,
                                .help = "how much of the estimate is what is seen now",
                                .min = 1e-6,
                                .max = 1},
                               {.name = "surrogate",
                                .default_value = false,
                                .help = "the published estimator's gradient"}}},
          .traits = kTraits,
          .make = make_pool<StochasticPool>,
          .out_width = same_width};
}

}  // namespace cenote
