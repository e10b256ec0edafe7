// SPDX-License-Identifier: Apache-2.0
#include "metric/detail/rows.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace cenote {

int64_t checked_rows(const MetricInput& input, bool multilabel) {
  CENOTE_CHECK(input.width >= 1, bad_shape, "a metric needs a width of at least 1, got {}",
               input.width);
  const auto predictions = static_cast<int64_t>(input.prediction.size());
  const auto labels = static_cast<int64_t>(input.label.size());
  CENOTE_CHECK(predictions % input.width == 0, bad_shape,
               "{} predictions are no whole number of rows of width {}", predictions, input.width);
  const int64_t rows = predictions / input.width;
  const int64_t wanted = multilabel ? predictions : rows;
  CENOTE_CHECK(labels == wanted, bad_shape, "{} rows of predictions need {} labels, got {}", rows,
               wanted, labels);
  return rows;
}

int64_t checked_single_rows(const MetricInput& input) {
  CENOTE_CHECK(input.width == 1, bad_shape,
               "this metric takes one number a row, got rows of width {}", input.width);
  return checked_rows(input);
}

bool has_missing(const MetricInput& input) {
  const auto missing = [](double x) { return std::isnan(x); };
  return std::any_of(input.prediction.begin(), input.prediction.end(), missing) ||
         std::any_of(input.label.begin(), input.label.end(), missing);
}

void check_binary_labels(const MetricInput& input) {
  for (size_t i = 0; i < input.label.size(); ++i) {
    const double y = input.label[i];
    CENOTE_CHECK(y == 0 || y == 1, bad_input, "a binary label is 0 or 1, that of row {} is {}",
                 i / static_cast<size_t>(input.width), y);
  }
}

void check_class_labels(const MetricInput& input) {
  for (size_t row = 0; row < input.label.size(); ++row) {
    const double y = input.label[row];
    CENOTE_CHECK(y >= -1 && y == std::floor(y), bad_input,
                 "the label of row {} must be a class index (-1: not known), got {}", row, y);
  }
}

bool is_known_class(const MetricInput& input, int64_t row) {
  const double y = input.label[static_cast<size_t>(row)];
  return y >= 0 && y < static_cast<double>(input.width);
}

int64_t best_class(const MetricInput& input, int64_t row) {
  const auto begin = input.prediction.begin() + row * input.width;
  return std::max_element(begin, begin + input.width) - begin;
}

}  // namespace cenote
