// SPDX-License-Identifier: Apache-2.0
// Layer pool: rows in order, each place with a weight of its own: y = sum_l alpha_l x^(l), alpha = softmax(theta).
//
// Made for the layers of an encoder; of the rows of a foreign key in order of time it weighs the first, the second, ...
// Rows with equal keys share a place; places beyond the last share its weight. The weights of the places that are taken
// add up to one.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, order [E], weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   layers in [1, 4096], default 12: places with a weight of their own. from is first (default) or last:
//           where places are counted from. learn, true; false: the mean. The parameter is <name>.layer [layers, 1],
//           zeros: the mean at first.
// Errors    as `sum`; bad_input without order keys, or if one is NaN.
// Gradient  with respect to rows and theta.
// Merge     none of a fixed size: a place is known when all rows are.
// Cost      O(E D) time plus sorting each group, O(E) memory.
// Threads   safe to call concurrently.
// Source    Peters et al. 2018, arXiv:1802.05365 (scalar mix); Xie, Lukasiewicz 2025 (MLR); Tang, Yang 2024.
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{
    .ordered = true, .stateful = true, .blind_to_count = true, .linear = true};

class LayerPool : public Pool {
 public:
  LayerPool(const Options& options, const PoolPlace& place)
      : layers_(options.get_int("layers")), from_last_(options.get_text("from") == "last") {
    if (options.get_bool("learn"))
      theta_ = place.parameters.declare(place.name + ".layer", {layers_, 1}, Init::zeros);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("layer_pool", kTraits, input);
    if (!theta_.defined()) return {segment_mean(input.rows, input.join, input.weights), input.join};
    const auto logs = pool_detail::log_weights(input.join, input.weights);
    const at::Tensor shares = segment_softmax(gather_rows(theta_, places(input)), input.join,
                                              logs.empty() ? nullptr : logs.data());
    return {segment_weighted_sum(input.rows, shares, input.join), input.join};
  }

 private:
  /// The place of each link among the different keys of its group.
  RowsPtr places(const PoolInput& input) const {
    const Join& join = *input.join;
    auto out = std::make_shared<std::vector<int64_t>>(join.rows.size(), 0);
    std::vector<double> keys;
    for (int64_t g = 0; g < join.groups(); ++g) {
      keys.clear();
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        CENOTE_CHECK(!std::isnan(input.order[e]), bad_input,
                     "pool 'layer_pool': the order key of link {} is NaN", e);
        if (input.weights == nullptr || input.weights[e] > 0) keys.push_back(input.order[e]);
      }
      std::sort(keys.begin(), keys.end());
      keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        const int64_t first =
            std::lower_bound(keys.begin(), keys.end(), input.order[e]) - keys.begin();
        const int64_t place = from_last_ ? std::ssize(keys) - 1 - first : first;
        (*out)[e] = std::clamp<int64_t>(place, 0, layers_ - 1);
      }
    }
    return out;
  }

  int64_t layers_;
  bool from_last_;
  at::Tensor theta_;  // [layers, 1]; undefined: the mean
};

}  // namespace

CENOTE_POOL(layer_pool) {
  return {.info = {.summary = "rows in order, weighed by learned weights of their places",
                   .source = "Peters et al. 2018, arXiv:1802.05365; Xie, Lukasiewicz, EMNLP 2025",
                   .example = "rows 1, 2, 4 with weights 1/2, 1/4, 1/4 -> 2",
                   .options = {{.name = "layers",
                                .default_value = int64_t{12},
                                .help = "places with a weight of their own",
                                .min = 1,
                                .max = 4096},
                               {.name = "from",
                                .default_value = std::string("first"),
                                .help = "which end places are counted from",
                                .choices = {"first", "last"}},
                               {.name = "learn",
                                .default_value = true,
                                .help = "learn the weights; false: the mean"}}},
          .traits = kTraits,
          .make = make_pool<LayerPool>,
          .out_width = same_width};
}

}  // namespace cenote
