// SPDX-License-Identifier: Apache-2.0
// Binary cross-entropy of M logits, one a label: loss = mean_m ln(1 + e^x_m) - y_m x_m, predictions
// 1 / (1 + e^-x_m).
//
// Shapes    output [S, M], label [S, M] in [0, 1]; result [S].
// Empty     no seeds give no losses; an unknown label (NaN) adds nothing, and the mean is still
//           over M.
// Errors    bad_input for another label; bad_shape if the widths differ.
// Gradient  (1 / (1 + e^-x_m) - y_m) / M.
// Threads   safe to call concurrently.
// Source    textbook.
#include "kernel/row_loss.h"
#include "loss/detail/labels.h"
#include "loss/loss.h"

namespace cenote {
namespace {

double row_loss(std::span<const double> output, std::span<const double> label,
                std::span<double> gradient) {
  loss_detail::check_one_label_each("bce_multilabel", output, label);
  const auto width = static_cast<double>(output.size());
  double total = 0;
  for (size_t i = 0; i < output.size(); ++i) {
    total += loss_detail::logit_loss("bce_multilabel", output[i], label[i], gradient[i]);
    gradient[i] /= width;
  }
  return total / width;
}

}  // namespace

CENOTE_LOSS(bce_multilabel) {
  return {.info = {.summary = "binary cross-entropy of one logit a label, averaged over the labels",
                   .source = "textbook",
                   .example = "x = (0, 0), y = (1, 0) -> loss 0.693147, predictions 0.5, 0.5"},
          .task_types = {"multilabel_classification"},
          .is_default = true,
          .loss = [](const at::Tensor& output,
                     const at::Tensor& label) { return row_losses(output, label, row_loss); },
          .predict =
              [](const at::Tensor& output) {
                return map_rows(output, [](std::span<double> row) {
                  for (double& x : row) x = loss_detail::logistic(x);
                });
              }};
}

}  // namespace cenote
