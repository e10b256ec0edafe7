// SPDX-License-Identifier: Apache-2.0
// Products of a group's query with each of its rows, head by head.
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

struct DotsFunction : torch::autograd::Function<DotsFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& query, const at::Tensor& x,
                            const HeldJoinPtr& held, int64_t heads) {
    const Join& join = *held->join;
    const int64_t width = x.size(1);
    at::Tensor out = at::empty({join.links(), heads}, x.options());
    dispatch_floating("segment_dots", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* asked = query.const_data_ptr<Number>();
      const Number* from = x.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group, asked += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          fetch_row(from + row_ahead(join.rows, e) * width, width);
          dot_heads(to + e * heads, from + join.rows[e] * width, asked, heads, width / heads);
        }
      }
    });
    keep(context, held);
    context->save_for_backward({query, x});
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Join& join = *kept(context).join;
    const auto saved = context->get_saved_variables();
    const at::Tensor &query = saved[0], &x = saved[1];
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = x.size(1), heads = gradient.size(1), part = width / heads;
    at::Tensor to_query, to_x;
    if (context->needs_input_grad(0)) to_query = at::zeros(query.sizes(), query.options());
    if (context->needs_input_grad(1)) to_x = at::zeros(x.sizes(), x.options());
    dispatch_floating("segment_dots", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* asked = query.const_data_ptr<Number>();
      const Number* from = x.const_data_ptr<Number>();
      const Number* in = gradient.const_data_ptr<Number>();
      Number* out_query = to_query.defined() ? to_query.mutable_data_ptr<Number>() : nullptr;
      Number* out_x = to_x.defined() ? to_x.mutable_data_ptr<Number>() : nullptr;
      for (int64_t group = 0; group < join.groups(); ++group, asked += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          const int64_t place = join.rows[e] * width;
          const int64_t ahead = row_ahead(join.rows, e) * width;
          if (out_query) fetch_row(from + ahead, width);
          if (out_x) fetch_row_to_add(out_x + ahead, width);
          if (out_query)
            add_heads(out_query + group * width, from + place, in + e * heads, heads, part);
          if (out_x) add_heads(out_x + place, asked, in + e * heads, heads, part);
        }
      }
    });
    return {to_query, to_x, {}, {}};
  }
};

}  // namespace

at::Tensor segment_dots(const at::Tensor& query, const at::Tensor& x, const JoinPtr& join,
                        int64_t heads) {
  check_join("segment_dots", x, *join);
  CENOTE_CHECK(query.dim() == 2 && query.size(0) == join->groups() && query.size(1) == x.size(1) &&
                   query.scalar_type() == x.scalar_type(),
               bad_shape,
               "segment_dots: queries must be [G, D] with G = {} groups, D = {} and the rows' type",
               join->groups(), x.size(1));
  CENOTE_CHECK(heads > 0 && x.size(1) % heads == 0, bad_shape,
               "segment_dots: {} heads do not divide {} columns", heads, x.size(1));
  return DotsFunction::apply(query.contiguous(), x.contiguous(), hold_join(join), heads);
}

}  // namespace cenote
