// SPDX-License-Identifier: Apache-2.0
#include "kernel/linear.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "kernel/bfloat16_product.h"
#include "kernel/detail_dispatch.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows of a gradient that are added to a weight's at a time: as many as fit into the second-level cache.
constexpr int64_t kBlockRows = 256;

thread_local Precision current_precision = Precision::float32;

/// out = start + a b; b [k, m] is dense, or the transpose of a dense one.
template <class Number>
void multiply_in(Precision precision, int64_t n, int64_t k, int64_t m,
                 const StridedMatrix<Number>& a, const at::Tensor& b,
                 const StridedMatrix<Number>& start, Number* out) {
  if constexpr (std::is_same_v<Number, float>) {
    if (precision == Precision::bfloat16) {
      return multiply_bfloat16(n, k, m, a, {b.const_data_ptr<float>(), b.stride(0), b.stride(1)},
                               start, out);
    }
  }
  multiply<Number>(n, k, m, a, b.contiguous().const_data_ptr<Number>(), start, out);
}

/// out[N, M] = x[N, K] right[K, M] (+ bias).
at::Tensor product(Precision precision, const at::Tensor& x, const at::Tensor& right,
                   const std::optional<at::Tensor>& bias = {}) {
  at::Tensor out = at::empty({x.size(0), right.size(1)}, x.options());
  dispatch_floating("linear_rows", x, [&](auto zero) {
    using Number = decltype(zero);
    const Number* start = bias ? bias->const_data_ptr<Number>() : nullptr;
    multiply_in<Number>(precision, x.size(0), x.size(1), right.size(1),
                        {x.const_data_ptr<Number>(), x.size(1), 1}, right, {start, 0, 1},
                        out.mutable_data_ptr<Number>());
  });
  return out;
}

/// The sum of g(n) x(n)^T over all rows n, in their order: [M, K].
at::Tensor outer_products(Precision precision, const at::Tensor& gradient, const at::Tensor& x) {
  const int64_t rows = x.size(0), width = x.size(1), outputs = gradient.size(1);
  at::Tensor out = at::empty({outputs, width}, x.options());
  if (rows == 0) return out.zero_();
  dispatch_floating("linear_rows", x, [&](auto zero) {
    using Number = decltype(zero);
    Number* to = out.mutable_data_ptr<Number>();
    for (int64_t first = 0; first < rows; first += kBlockRows) {
      const int64_t count = std::min(kBlockRows, rows - first);
      multiply_in<Number>(precision, outputs, count, width,
                          {gradient.const_data_ptr<Number>() + first * outputs, 1, outputs},
                          x.narrow(0, first, count), {first == 0 ? nullptr : to, width, 1}, to);
    }
  });
  return out;
}

struct LinearFunction : torch::autograd::Function<LinearFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias) {
    context->save_for_backward({x, weight});
    context->saved_data["bias"] = bias.has_value();
    context->saved_data["precision"] = static_cast<int64_t>(current_precision);
    return product(current_precision, x, weight.contiguous().t(),
                   bias ? std::optional(bias->contiguous()) : std::nullopt);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto precision = static_cast<Precision>(context->saved_data["precision"].toInt());
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor to_x, to_weight, to_bias;
    if (context->needs_input_grad(0)) to_x = product(precision, gradient, saved[1].contiguous());
    if (context->needs_input_grad(1)) to_weight = outer_products(precision, gradient, saved[0]);
    if (context->saved_data["bias"].toBool() && context->needs_input_grad(2))
      to_bias = gradient.sum(0);
    return {to_x, to_weight, to_bias};
  }
};

}  // namespace

PrecisionScope::PrecisionScope(Precision precision)
    : outer_(std::exchange(current_precision, precision)) {}

PrecisionScope::~PrecisionScope() { current_precision = outer_; }

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
