// SPDX-License-Identifier: Apache-2.0
// Binary cross-entropy of a logit: loss = ln(1 + e^x) - y x, prediction 1 / (1 + e^-x).
//
// Shapes    output [S, 1], label [S, 1] in [0, 1]; result [S].
// Empty     no seeds give no losses; an unknown label (NaN) gives loss 0 and no gradient.
// Errors    bad_input for another label; bad_shape for another width.
// Gradient  1 / (1 + e^-x) - y.
// Threads   safe to call concurrently.
// Source    textbook; the stable form is that of TensorFlow's and PyTorch's "with logits".
#include "kernel/row_loss.h"
#include "loss/detail/labels.h"
#include "loss/loss.h"

namespace cenote {
namespace {

double row_loss(std::span<const double> output, std::span<const double> label,
                std::span<double> gradient) {
  loss_detail::check_one_label_each("bce", output, label);
  CENOTE_CHECK(output.size() == 1, bad_shape, "loss 'bce': {} outputs a seed; it is for one",
               output.size());
  return loss_detail::logit_loss("bce", output[0], label[0], gradient[0]);
}

}  // namespace

CENOTE_LOSS(bce) {
  return {.info = {.summary = "binary cross-entropy of a logit",
                   .source = "textbook",
                   .example = "x = 0, y = 1 -> loss 0.693147, prediction 0.5"},
          .task_types = {"binary_classification"},
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
