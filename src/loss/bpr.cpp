// SPDX-License-Identifier: Apache-2.0
// Bayesian personalised ranking: the score of an item that came is to be above those of items that did not. The
// first of a row's scores is of the one, the others of the others: loss = mean_j ln(1 + e^(x_j - x_0)), predictions
// as they are.
//
// Shapes    output [S, 1 + M], label [S, width]: only whether there is one; result [S].
// Empty     no seeds give no losses; an unknown label (NaN) or M = 0 gives loss 0 and no gradient.
// Units     scores have none: only their order says something.
// Gradient  s_j / M for the others, s_j = 1 / (1 + e^(x_0 - x_j)); minus their sum for the first.
// Threads   safe to call concurrently.
// Source    Rendle et al. 2009, arXiv:1205.2618, equation of section 4.1; RelBench's loss of two-tower models.
#include "kernel/row_loss.h"
#include "loss/detail/labels.h"
#include "loss/loss.h"

namespace cenote {
namespace {

double row_loss(std::span<const double> output, std::span<const double> label,
                std::span<double> gradient) {
  for (double& slope : gradient) slope = 0;
  if (output.size() < 2 || label.empty() || loss_detail::is_unknown(label[0])) return 0;
  const auto others = static_cast<double>(output.size() - 1);
  double total = 0;
  for (size_t j = 1; j < output.size(); ++j) {
    const double apart = output[j] - output[0];
    total += loss_detail::softplus(apart);
    gradient[j] = loss_detail::logistic(apart) / others;
    gradient[0] -= gradient[j];
  }
  return total / others;
}

}  // namespace

CENOTE_LOSS(bpr) {
  return {.info = {.summary = "Bayesian personalised ranking: what came above what did not",
                   .source = "Rendle et al. 2009, arXiv:1205.2618",
                   .example = "x = (1, 1, 1) -> loss 0.693147"},
          .task_types = {"link_prediction"},
          .is_default = true,
          .loss = [](const at::Tensor& output,
                     const at::Tensor& label) { return row_losses(output, label, row_loss); },
          .predict = [](const at::Tensor& output) { return output; }};
}

}  // namespace cenote
