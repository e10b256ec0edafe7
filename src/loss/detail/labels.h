// SPDX-License-Identifier: Apache-2.0
// Checks that losses share.
#pragma once

#include <cmath>
#include <span>

#include "base/check.h"

namespace cenote::loss_detail {

/// Errors    bad_shape if a row has not one label for each output.
inline void check_one_label_each(std::string_view loss, std::span<const double> output,
                                 std::span<const double> label) {
  CENOTE_CHECK(output.size() == label.size(), bad_shape,
               "loss '{}': {} outputs for {} labels of a seed", loss, output.size(), label.size());
}

/// An unknown label (NaN) has no loss and no gradient.
inline bool is_unknown(double label) { return std::isnan(label); }

/// ln(1 + e^x), without overflow.
inline double softplus(double x) { return std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x))); }

/// 1 / (1 + e^-x), without overflow.
inline double logistic(double x) {
  const double small = std::exp(-std::fabs(x));
  return (x >= 0 ? 1 : small) / (1 + small);
}

/// The cross-entropy of one logit x and a label in [0, 1]: softplus(x) - label x; its derivative to
/// `slope`.
inline double logit_loss(std::string_view loss, double x, double label, double& slope) {
  slope = 0;
  if (is_unknown(label)) return 0;
  CENOTE_CHECK(label >= 0 && label <= 1, bad_input, "loss '{}': label {}; labels are 0 or 1", loss,
               label);
  slope = logistic(x) - label;
  return softplus(x) - label * x;
}

}  // namespace cenote::loss_detail
