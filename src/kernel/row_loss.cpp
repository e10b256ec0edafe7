// SPDX-License-Identifier: Apache-2.0
#include "kernel/row_loss.h"

#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include "base/check.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor as_doubles(const at::Tensor& x) { return x.detach().to(at::kDouble).contiguous(); }

std::span<const double> row_of(const at::Tensor& x, int64_t row) {
  return {x.const_data_ptr<double>() + row * x.size(1), static_cast<size_t>(x.size(1))};
}
std::span<double> mutable_row_of(const at::Tensor& x, int64_t row) {
  return {x.mutable_data_ptr<double>() + row * x.size(1), static_cast<size_t>(x.size(1))};
}

/// The gradient of every row is computed with its loss and kept: it costs next to nothing.
struct RowLossFunction : torch::autograd::Function<RowLossFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& output,
                            const at::Tensor& label, RowLoss loss) {
    const int64_t rows = output.size(0);
    const at::Tensor outputs = as_doubles(output), labels = as_doubles(label);
    at::Tensor losses = at::empty({rows}, outputs.options());
    at::Tensor gradient = at::empty(outputs.sizes(), outputs.options());
    double* out = losses.mutable_data_ptr<double>();
    for (int64_t row = 0; row < rows; ++row) {
      out[row] = loss(row_of(outputs, row), row_of(labels, row), mutable_row_of(gradient, row));
    }
    context->saved_data["gradient"] = gradient.to(output.scalar_type());
    return losses.to(output.scalar_type());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {context->saved_data["gradient"].toTensor().mul(gradients[0].unsqueeze(1)), {}, {}};
  }
};

}  // namespace

at::Tensor row_losses(const at::Tensor& output, const at::Tensor& label, RowLoss loss) {
  CENOTE_CHECK(output.dim() == 2 && label.dim() == 2 && output.size(0) == label.size(0), bad_shape,
               "loss: outputs have {} sizes and {} rows, labels {} sizes and {} rows; both must be "
               "[S, width]",
               output.dim(), output.size(0), label.dim(), label.size(0));
  return RowLossFunction::apply(output, label, loss);
}

at::Tensor map_rows(const at::Tensor& output, RowMap map) {
  CENOTE_CHECK(output.dim() == 2, bad_shape, "predictions are made of [S, M] outputs, got {} sizes",
               output.dim());
  const at::Tensor result = as_doubles(output).clone();
  for (int64_t row = 0; row < result.size(0); ++row) map(mutable_row_of(result, row));
  return result.to(output.scalar_type());
}

}  // namespace cenote
