// SPDX-License-Identifier: Apache-2.0
// Sum over each group of learned weights [E, H] times rows, head by head.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_heads.h"
#include "kernel/detail_held.h"
#include "kernel/detail_rows.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct WeightedSumFunction : torch::autograd::Function<WeightedSumFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& weights, const HeldJoinPtr& held) {
    const Join& join = *held->join;
    const int64_t width = x.size(1), heads = weights.size(1);
    at::Tensor out = at::zeros({join.groups(), width}, x.options());
    dispatch_floating("segment_weighted_sum", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      const Number* weight = weights.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group, to += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          fetch_row(from + row_ahead(join.rows, e) * width, width);
          add_heads(to, from + join.rows[e] * width, weight + e * heads, heads, width / heads);
        }
      }
    });
    keep(context, held);
    context->save_for_backward({x, weights});
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Join& join = *kept(context).join;
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weights = saved[1];
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = x.size(1), heads = weights.size(1), part = width / heads;
    at::Tensor to_x, to_weights;
    if (context->needs_input_grad(0)) to_x = at::zeros(x.sizes(), x.options());
    if (context->needs_input_grad(1)) to_weights = at::empty(weights.sizes(), weights.options());
    dispatch_floating("segment_weighted_sum", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      const Number* weight = weights.const_data_ptr<Number>();
      const Number* in = gradient.const_data_ptr<Number>();
      Number* out_x = to_x.defined() ? to_x.mutable_data_ptr<Number>() : nullptr;
      Number* out_weights = to_weights.defined() ? to_weights.mutable_data_ptr<Number>() : nullptr;
      for (int64_t group = 0; group < join.groups(); ++group, in += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          const int64_t place = join.rows[e] * width;
          const int64_t ahead = row_ahead(join.rows, e) * width;
          if (out_weights) fetch_row(from + ahead, width);
          if (out_x) fetch_row_to_add(out_x + ahead, width);
          if (out_x) add_heads(out_x + place, in, weight + e * heads, heads, part);
          if (out_weights) dot_heads(out_weights + e * heads, from + place, in, heads, part);
        }
      }
    });
    return {to_x, to_weights, {}};
  }
};

}  // namespace

at::Tensor segment_weighted_sum(const at::Tensor& x, const at::Tensor& weights,
                                const JoinPtr& join) {
  check_join("segment_weighted_sum", x, *join);
  CENOTE_CHECK(
      weights.dim() == 2 && weights.size(0) == join->links() && weights.size(1) > 0 &&
          x.size(1) % weights.size(1) == 0 && weights.scalar_type() == x.scalar_type(),
      bad_shape,
      "segment_weighted_sum: weights must be [E, H] with E = {} links, H a divisor of D = {} "
      "and the rows' type",
      join->links(), x.size(1));
  return WeightedSumFunction::apply(x.contiguous(), weights.contiguous(), hold_join(join));
}

}  // namespace cenote
