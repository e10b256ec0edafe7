// SPDX-License-Identifier: Apache-2.0
#include "kernel/linear.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "base/check.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Calls body(block of x with exactly kBlockRows rows, first row, rows that count) for each block.
template <class Body>
void for_each_block(int64_t rows, const Body& body) {
  for (int64_t first = 0; first < rows; first += kBlockRows) {
    body(first, std::min(kBlockRows, rows - first));
  }
}

/// The rows [first, first + count) of x as a block of kBlockRows rows, zero-padded if need be.
at::Tensor padded_block(const at::Tensor& x, int64_t first, int64_t count) {
  if (count == kBlockRows) return x.narrow(0, first, count);
  at::Tensor block = at::zeros({kBlockRows, x.size(1)}, x.options());
  block.narrow(0, 0, count).copy_(x.narrow(0, first, count));
  return block;
}

/// out[N, M] = x[N, K] * right[K, M] (+ bias), block by block.
at::Tensor blocked_product(const at::Tensor& x, const at::Tensor& right,
                           const std::optional<at::Tensor>& bias = {}) {
  const int64_t rows = x.size(0), width = right.size(1);
  at::Tensor out = at::empty({rows, width}, x.options());
  for_each_block(rows, [&](int64_t first, int64_t count) {
    const at::Tensor block = padded_block(x, first, count);
    at::Tensor target = count == kBlockRows ? out.narrow(0, first, count)
                                            : at::empty({kBlockRows, width}, x.options());
    if (bias) {
      at::addmm_out(target, *bias, block, right);
    } else {
      at::mm_out(target, block, right);
    }
    if (count < kBlockRows) out.narrow(0, first, count).copy_(target.narrow(0, 0, count));
  });
  return out;
}

struct LinearFunction : torch::autograd::Function<LinearFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias) {
    context->save_for_backward({x, weight});
    context->saved_data["bias"] = bias.has_value();
    return blocked_product(x, weight.t(), bias);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t rows = x.size(0);
    at::Tensor to_x, to_weight, to_bias;
    if (context->needs_input_grad(0)) to_x = blocked_product(gradient, weight);
    if (context->needs_input_grad(1)) {
      to_weight = at::zeros(weight.sizes(), weight.options());
      for_each_block(rows, [&](int64_t first, int64_t count) {
        to_weight.addmm_(padded_block(gradient, first, count).t(), padded_block(x, first, count));
      });
    }
    if (context->saved_data["bias"].toBool() && context->needs_input_grad(2))
      to_bias = gradient.sum(0);
    return {to_x, to_weight, to_bias};
  }
};

}  // namespace

at::Tensor linear_rows(const at::Tensor& x, const at::Tensor& weight,
                       const std::optional<at::Tensor>& bias) {
  CENOTE_CHECK(x.dim() == 2 && weight.dim() == 2 && x.size(1) == weight.size(1), bad_shape,
               "linear_rows: x is [{}, {}], weight is [{}, {}]; the last sizes must be equal",
               x.size(0), x.size(-1), weight.size(0), weight.size(-1));
  CENOTE_CHECK(!bias || (bias->dim() == 1 && bias->size(0) == weight.size(0)), bad_shape,
               "linear_rows: weight has {} rows, bias has {} values", weight.size(0),
               bias->numel());
  return LinearFunction::apply(x.contiguous(), weight, bias);
}

}  // namespace cenote
