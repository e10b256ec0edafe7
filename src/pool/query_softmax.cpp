// SPDX-License-Identifier: Apache-2.0
// Attention by a given query without any map: y = sum_j p_j x_j with p = softmax over the rows of
// (<q, x_j> / tau + ln w_j).
//
// tau -> inf is the mean, tau -> 0 the row that fits the query best.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, query [G, D], weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   tau in [1e-6, 1e6], default 3.
// Errors    as `sum`; bad_input without a query, bad_shape for one of another width.
// Gradient  with respect to rows and query.
// Merge     under the same query the largest logit, and the totals of e^logit and e^logit x relative to it.
// Cost      O(E D) time, O(G D + E) memory.
// Threads   safe to call concurrently; holds no state.
// Source    Jin et al. 2023, arXiv:2305.12218 (DiCoSA), adaptive pooling; there on CLIP features with tau 3 or 5.
#include <ATen/ops/cat.h>

#include "pool/detail/attention_fold.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.needs_query = true, .mergeable = true, .blind_to_count = true};

class QuerySoftmaxPool : public AttentionFold {
 public:
  QuerySoftmaxPool(const Options& options, const PoolPlace& place)
      : AttentionFold(place.width, 1, place.width), tau_(options.get_double("tau")) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("query_softmax", kTraits, input);
    check_query_width("query_softmax", input, input.rows.size(1));
    const auto logs = pool_detail::log_weights(input.join, input.weights);
    const at::Tensor shares =
        segment_softmax(logits(input), input.join, logs.empty() ? nullptr : logs.data());
    return {segment_weighted_sum(input.rows, shares, input.join), input.join};
  }

 private:
  at::Tensor logits(const PoolInput& input) const {
    return segment_dots(input.query, input.rows, input.join).div(tau_);
  }
  at::Tensor prepared_links(const PoolInput& input) const override {
    return at::cat({logits(input), gather_rows(input.rows, RowsPtr(input.join, &input.join->rows))},
                   1);
  }

  double tau_;
};

}  // namespace

CENOTE_POOL(query_softmax) {
  return {.info = {.summary = "rows weighed by how well they fit a query, without any parameter",
                   .source = "Jin et al. 2023, arXiv:2305.12218 (DiCoSA)",
                   .example = "rows 1, 2, 4, query 1, tau 3 -> 2.866006",
                   .options = {{.name = "tau",
                                .default_value = 3.0,
                                .help = "large is the mean, small the best-fitting row",
                                .min = 1e-6,
                                .max = 1e6}}},
          .traits = kTraits,
          .make = make_pool<QuerySoftmaxPool>,
          .out_width = same_width};
}

}  // namespace cenote
