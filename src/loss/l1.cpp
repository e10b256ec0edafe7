// SPDX-License-Identifier: Apache-2.0
// Absolute error: loss = |x - y|, prediction x; its minimum is the median.
//
// Shapes    output [S, M], label [S, M]; result [S], the mean over M.
// Empty     no seeds give no losses; an unknown label (NaN) gives loss 0 and no gradient.
// Units     those of the label.
// Errors    bad_shape if the widths differ.
// Gradient  sign(x - y) / M, 0 where they are equal.
// Threads   safe to call concurrently.
// Source    textbook; RelBench trains regression so, arXiv:2407.20060.
#include "kernel/row_loss.h"
#include "loss/detail/labels.h"
#include "loss/loss.h"

namespace cenote {
namespace {

double row_loss(std::span<const double> output, std::span<const double> label,
                std::span<double> gradient) {
  loss_detail::check_one_label_each("l1", output, label);
  const auto width = static_cast<double>(output.size());
  double total = 0;
  for (size_t i = 0; i < output.size(); ++i) {
    gradient[i] = 0;
    if (loss_detail::is_unknown(label[i])) continue;
    const double apart = output[i] - label[i];
    gradient[i] = ((apart > 0) - (apart < 0)) / width;
    total += std::fabs(apart);
  }
  return total / width;
}

}  // namespace

CENOTE_LOSS(l1) {
  return {.info = {.summary = "absolute error; predicts the median",
                   .source = "textbook; RelBench, arXiv:2407.20060",
                   .example = "x = 2, y = 5 -> loss 3"},
          .task_types = {"regression"},
          .is_default = true,
          .loss = [](const at::Tensor& output,
                     const at::Tensor& label) { return row_losses(output, label, row_loss); },
          .predict = [](const at::Tensor& output) { return output; }};
}

}  // namespace cenote
