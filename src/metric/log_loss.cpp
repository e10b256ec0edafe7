// SPDX-License-Identifier: Apache-2.0
/// Mean negative logarithm of the probability given to the true class.
///
/// Shapes    binary: prediction [S] = probability of class 1, label [S] in {0, 1}.
///           multiclass: prediction [S, width] = probabilities of a row, label [S] of class indices.
/// Units     natural logarithm; probabilities are first clipped to [e, 1 - e], e = 2^-52.
/// Empty     no rows, or a missing value: NaN.
/// Errors    bad_shape; bad_input for a label that is none or a probability outside [0, 1].
/// Source    sklearn.metrics.log_loss. (relbench.metrics.log_loss takes scores before the sigmoid instead.)
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "metric/detail/rows.h"

namespace cenote {
namespace {

// What scikit-learn clips double-precision probabilities to.
constexpr double kSmallest = std::numeric_limits<double>::epsilon();

double compute(const MetricInput& input) {
  const int64_t rows = checked_rows(input);
  if (rows == 0 || has_missing(input)) return kUndefined;
  const bool binary = input.width == 1;
  binary ? check_binary_labels(input) : check_class_labels(input);
  double sum = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const double label = input.label[static_cast<size_t>(row)];
    const int64_t column = binary ? 0 : static_cast<int64_t>(label);
    const bool known = binary || is_known_class(input, row);
    double p = known ? input.prediction[static_cast<size_t>(row * input.width + column)] : 0;
    CENOTE_CHECK(p >= 0 && p <= 1, bad_input, "log_loss takes probabilities, row {} has {}", row,
                 p);
    if (binary && label == 0) p = 1 - p;
    sum -= std::log(std::clamp(p, kSmallest, 1 - kSmallest));
  }
  return sum / static_cast<double>(rows);
}

}  // namespace

CENOTE_METRIC(log_loss) {
  MetricEntry entry;
  entry.info.summary = "mean negative logarithm of the probability of the true class";
  entry.info.source = "sklearn.metrics.log_loss";
  entry.info.example = "prediction 0.5, label 1: 0.6931";
  entry.higher_is_better = false;
  entry.task_types = {"binary_classification", "multiclass_classification"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
