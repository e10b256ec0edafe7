// SPDX-License-Identifier: Apache-2.0
// AttSets: one attention for each column, y_c = sum_j p_jc x_jc with p_.c = softmax over the rows of
// ((W x_j + b)_c + ln w_j).
//
// W = 0 is the mean, W = beta I with b = 0 is `softpool`, W growing along I the maximum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   none. Parameters are <name>.weight [D, D], uniform in +-sqrt(3/D) (Xavier), and
//           <name>.bias [D], zeros.
// Errors    as `sum`; bad_shape for rows of another width.
// Gradient  with respect to rows and parameters.
// Merge     of each column the largest logit, and the totals of e^logit and of e^logit x relative to it.
// Cost      O(N D^2) for the logits, once a row however many groups it is in, then O(E D).
// Threads   safe to call concurrently.
// Source    Yang, Wang, Markham, Trigoni 2020, arXiv:1808.00758.
#include <ATen/ops/cat.h>

#include <cmath>

#include "kernel/linear.h"
#include "pool/detail/attention_fold.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .mergeable = true, .blind_to_count = true};

class AttSetsPool : public AttentionFold {
 public:
  AttSetsPool(const Options&, const PoolPlace& place)
      : AttentionFold(place.width, place.width, place.width) {
    const double bound = std::sqrt(3 / static_cast<double>(std::max<int64_t>(1, place.width)));
    weight_ = place.parameters.declare(place.name + ".weight", {place.width, place.width},
                                       Init::uniform, bound);
    bias_ = place.parameters.declare(place.name + ".bias", {place.width}, Init::zeros);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("attsets", kTraits, input);
    CENOTE_CHECK(input.rows.size(1) == width_, bad_shape,
                 "pool 'attsets': rows of {} columns, made for {}", input.rows.size(1), width_);
    return {segment_softmax_sum(linear_rows(input.rows, weight_, bias_), input.rows, input.join,
                                pool_detail::log_weights(input.join, input.weights)),
            input.join};
  }

 private:
  at::Tensor prepared(const at::Tensor& rows) const override {
    return at::cat({linear_rows(rows, weight_.to(at::kDouble), bias_.to(at::kDouble)), rows}, 1);
  }

  at::Tensor weight_, bias_;
};

}  // namespace

CENOTE_POOL(attsets) {
  return {.info = {.summary = "a softmax attention of its own for every column",
                   .source = "Yang et al. 2020, arXiv:1808.00758",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=attsets"},
          .traits = kTraits,
          .make = make_pool<AttSetsPool>,
          .out_width = same_width};
}

}  // namespace cenote
