// SPDX-License-Identifier: Apache-2.0
// Cross attention: y = O concat over heads h of sum_j p_jh (W_V x_j)[part h], plus q where `residual` is set;
// p_.h = softmax over the rows of <(W_Q q)[part h], (W_K x_j)[part h]> / sqrt(D) + ln w_j.
//
// The scale is that of the whole width, not of a head's, as in the published code. Without scores it is a linear map of the
// mean; sharp ones pick the rows nearest to the query.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, query [G, D], weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros.
// Options   heads in [1, 1024], default 4; it must divide D. residual, true. Parameters are <name>.query, .key,
//           .value and .out, each [D, D], normal with deviation 0.02.
// Errors    as `sum`; bad_input without a query or if heads does not divide D; bad_shape for other widths.
// Gradient  with respect to rows, query and parameters.
// Merge     under the same query: it, each head's largest logit, and the totals of e^logit and e^logit V x.
// Cost      O(N D^2 + G D^2) for the maps, then O(E D); O((N + G) D + E H) memory for H heads.
// Threads   safe to call concurrently.
// Source    Brothers, "Robust noise attenuation via adaptive pooling of transformer outputs", ICML 2025.
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "kernel/linear.h"
#include "pool/detail/attention_fold.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{
    .needs_query = true, .stateful = true, .mergeable = true, .blind_to_count = true};

class XattnPool : public AttentionFold {
 public:
  XattnPool(const Options& options, const PoolPlace& place)
      : AttentionFold(place.width, options.get_int("heads"), place.width),
        heads_(options.get_int("heads")),
        residual_(options.get_bool("residual")) {
    CENOTE_CHECK(width_ % heads_ == 0, bad_input, "pool 'xattn': {} heads do not divide {} columns",
                 heads_, width_);
    const auto declare = [&](const char* name) {
      return place.parameters.declare(place.name + name, {width_, width_}, Init::normal, 0.02);
    };
    query_ = declare(".query");
    key_ = declare(".key");
    value_ = declare(".value");
    out_ = declare(".out");
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("xattn", kTraits, input);
    check_row_width("xattn", input, width_);
    check_query_width("xattn", input, width_);
    const auto logs = pool_detail::log_weights(input.join, input.weights);
    const at::Tensor shares =
        segment_softmax(logits(input), input.join, logs.empty() ? nullptr : logs.data());
    const at::Tensor attended =
        segment_weighted_sum(linear_rows(input.rows, value_, {}), shares, input.join);
    return {zero_if_empty(ended(attended, input.query),
                          group_mass(*input.join, input.weights, attended)),
            input.join};
  }

  // A state begins with whether there are rows, and the query.
  at::Tensor state(const PoolInput& input) const override {
    return at::cat({group_mass(*input.join, input.weights, at::zeros({}, at::kDouble)),
                    input.query.detach().to(at::kDouble), AttentionFold::state(input)},
                   1);
  }
  at::Tensor merge(const at::Tensor& one, const at::Tensor& other) const override {
    return at::cat({one.narrow(1, 0, 1).add(other.narrow(1, 0, 1)), one.narrow(1, 1, width_),
                    AttentionFold::merge(rest(one), rest(other))},
                   1);
  }
  at::Tensor finish(const at::Tensor& state) const override {
    return zero_if_empty(ended(AttentionFold::finish(rest(state)), state.narrow(1, 1, width_)),
                         state.narrow(1, 0, 1))
        .detach();
  }

 private:
  at::Tensor rest(const at::Tensor& state) const {
    return state.narrow(1, 1 + width_, state.size(1) - 1 - width_).contiguous();
  }
  /// The last map, and the residual.
  at::Tensor ended(const at::Tensor& attended, const at::Tensor& query) const {
    const at::Tensor y = linear_rows(attended, out_.to(attended.scalar_type()), {});
    return residual_ ? y.add(query) : y;
  }
  at::Tensor logits(const PoolInput& input) const {
    const auto type = input.rows.scalar_type();
    const at::Tensor asked = linear_rows(input.query, query_.to(type), {});
    const at::Tensor keys = linear_rows(input.rows, key_.to(type), {});
    return segment_dots(asked, keys, input.join, heads_)
        .div(std::sqrt(static_cast<double>(width_)));
  }
  at::Tensor prepared_links(const PoolInput& input) const override {
    const at::Tensor values = linear_rows(input.rows, value_.to(at::kDouble), {});
    return at::cat({logits(input), gather_rows(values, RowsPtr(input.join, &input.join->rows))}, 1);
  }

  int64_t heads_;
  bool residual_;
  at::Tensor query_, key_, value_, out_;
};

}  // namespace

CENOTE_POOL(xattn) {
  return {.info = {.summary = "cross attention: a query, such as the row that joins, asks the rows",
                   .source = "Brothers, ICML 2025",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=xattn",
                   .options = {{.name = "heads",
                                .default_value = int64_t{4},
                                .help = "attention heads; a divisor of the width",
                                .min = 1,
                                .max = 1024},
                               {.name = "residual",
                                .default_value = true,
                                .help = "add the query to the result"}}},
          .traits = kTraits,
          .make = make_pool<XattnPool>,
          .out_width = same_width};
}

}  // namespace cenote
