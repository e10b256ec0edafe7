// SPDX-License-Identifier: Apache-2.0
// Cross-entropy of M logits: loss = ln sum_i e^{x_i} - x_y, prediction the softmax.
//
// Shapes    output [S, M], label [S, 1], a class index in [0, M); result [S].
// Empty     no seeds give no losses; an unknown label (NaN) gives loss 0 and no gradient.
// Errors    bad_input for a label that is no class index; bad_shape for more labels than one.
// Gradient  softmax(x) - [i = y].
// Threads   safe to call concurrently.
// Source    textbook; the largest logit is subtracted first.
#include <algorithm>

#include "kernel/row_loss.h"
#include "loss/detail/labels.h"
#include "loss/loss.h"

namespace cenote {
namespace {

/// x becomes its softmax; returns ln sum e^x.
double softmax(std::span<double> x) {
  if (x.empty()) return 0;
  const double largest = *std::max_element(x.begin(), x.end());
  double total = 0;
  for (double& value : x) total += value = std::exp(value - largest);
  for (double& value : x) value /= total;
  return largest + std::log(total);
}

double row_loss(std::span<const double> output, std::span<const double> label,
                std::span<double> gradient) {
  CENOTE_CHECK(label.size() == 1 && !output.empty(), bad_shape,
               "loss 'cross_entropy': {} outputs and {} labels a seed; it wants one class index",
               output.size(), label.size());
  std::fill(gradient.begin(), gradient.end(), 0.0);
  if (loss_detail::is_unknown(label[0])) return 0;
  CENOTE_CHECK(label[0] >= 0 && label[0] < static_cast<double>(output.size()) &&
                   label[0] == std::floor(label[0]),
               bad_input, "loss 'cross_entropy': label {} is no class in 0 ... {}", label[0],
               output.size() - 1);
  const auto target = static_cast<size_t>(label[0]);
  std::copy(output.begin(), output.end(), gradient.begin());
  const double normaliser = softmax(gradient);
  gradient[target] -= 1;
  return normaliser - output[target];
}

}  // namespace

CENOTE_LOSS(cross_entropy) {
  return {.info = {.summary = "cross-entropy of one logit a class",
                   .source = "textbook",
                   .example = "x = (0, 0, 0), y = 1 -> loss 1.098612, predictions 1/3"},
          .task_types = {"multiclass_classification"},
          .is_default = true,
          .loss = [](const at::Tensor& output,
                     const at::Tensor& label) { return row_losses(output, label, row_loss); },
          .predict =
              [](const at::Tensor& output) {
                return map_rows(output, [](std::span<double> row) { softmax(row); });
              }};
}

}  // namespace cenote
