// SPDX-License-Identifier: Apache-2.0
#include "kernel/row_dots.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_heads.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct RowDotsFunction : torch::autograd::Function<RowDotsFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& a, const at::Tensor& b,
                            int64_t parts) {
    const int64_t each = a.size(1) / parts;
    at::Tensor out = at::empty({a.size(0), parts}, a.options());
    dispatch_floating("row_dots", a, [&](auto zero) {
      using Number = decltype(zero);
      const Number* x = a.const_data_ptr<Number>();
      const Number* y = b.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t i = 0; i < a.size(0); ++i, to += parts, x += a.size(1), y += a.size(1))
        dot_heads(to, x, y, parts, each);
    });
    context->save_for_backward({a, b});
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor a = context->get_saved_variables()[0], b = context->get_saved_variables()[1];
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t each = a.size(1) / gradient.size(1);
    at::Tensor to_a = at::zeros(a.sizes(), a.options()), to_b = at::zeros(b.sizes(), b.options());
    dispatch_floating("row_dots", a, [&](auto zero) {
      using Number = decltype(zero);
      const Number* x = a.const_data_ptr<Number>();
      const Number* y = b.const_data_ptr<Number>();
      const Number* g = gradient.const_data_ptr<Number>();
      Number* da = to_a.mutable_data_ptr<Number>();
      Number* db = to_b.mutable_data_ptr<Number>();
      const int64_t width = a.size(1), parts = gradient.size(1);
      for (int64_t i = 0; i < a.size(0); ++i, g += parts, da += width, db += width) {
        add_heads(da, y + i * width, g, parts, each);
        add_heads(db, x + i * width, g, parts, each);
      }
    });
    return {to_a, to_b, {}};
  }
};

}  // namespace

at::Tensor row_dots(const at::Tensor& a, const at::Tensor& b, int64_t parts) {
  CENOTE_CHECK(a.dim() == 2 && a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type(),
               bad_shape, "row_dots: both must be [N, D] of one type");
  CENOTE_CHECK(parts > 0 && a.size(1) % parts == 0, bad_shape,
               "row_dots: {} parts do not divide {} columns", parts, a.size(1));
  return RowDotsFunction::apply(a.contiguous(), b.contiguous(), parts);
}

}  // namespace cenote
