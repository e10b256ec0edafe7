// SPDX-License-Identifier: Apache-2.0
// Squared error: loss = (x - y)^2, prediction x; its minimum is the mean.
//
// Shapes    output [S, M], label [S, M]; result [S], the mean over M.
// Empty     no seeds give no losses; an unknown label (NaN) gives loss 0 and no gradient.
// Units     those of the label, squared.
// Errors    bad_shape if the widths differ.
// Gradient  2 (x - y) / M.
// Threads   safe to call concurrently.
// Source    textbook.
#include "kernel/row_loss.h"
#include "loss/detail/labels.h"
#include "loss/loss.h"

namespace cenote {
namespace {

double row_loss(std::span<const double> output, std::span<const double> label,
                std::span<double> gradient) {
  loss_detail::check_one_label_each("mse", output, label);
  const auto width = static_cast<double>(output.size());
  double total = 0;
  for (size_t i = 0; i < output.size(); ++i) {
    const double apart = loss_detail::is_unknown(label[i]) ? 0 : output[i] - label[i];
    gradient[i] = 2 * apart / width;
    total += apart * apart;
  }
  return total / width;
}

}  // namespace

CENOTE_LOSS(mse) {
  return {.info = {.summary = "squared error; predicts the mean",
                   .source = "textbook",
                   .example = "x = 2, y = 5 -> loss 9"},
          .task_types = {"regression"},
          .loss = [](const at::Tensor& output,
                     const at::Tensor& label) { return row_losses(output, label, row_loss); },
          .predict = [](const at::Tensor& output) { return output; }};
}

}  // namespace cenote
