// SPDX-License-Identifier: Apache-2.0
// Metrics of decisions: hits and errors of each class, and what is made of them.
#pragma once

#include <cstdint>
#include <vector>

#include "metric/metric.h"

namespace cenote {

/// Decisions about one class or label.
struct Counts {
  int64_t true_positive = 0, false_positive = 0, false_negative = 0;

  bool seen() const { return true_positive + false_positive + false_negative > 0; }
};

/// Counts of every class (multiclass: the best class is predicted) or label (multilabel: those with a
/// probability > 0.5 are predicted). Classes that the model does not know but labels have come last.
/// Labels are checked. REQUIRES no missing values.
std::vector<Counts> count_decisions(const MetricInput& input);

/// A ratio of counts, NaN for 0 / 0.
double precision_of(const Counts& counts);
double recall_of(const Counts& counts);
double f1_of(const Counts& counts);

enum class Average { micro, macro };

/// `ratio` of the counts of all classes together (micro), or the mean over the classes (macro).
///
/// macro      multiclass: the classes that occur among labels or predictions; multilabel: every label.
///            A class whose ratio is 0 / 0 counts as 0, as in scikit-learn.
/// Empty      NaN without rows or with a missing value; micro also where all counts are 0.
/// Errors     bad_shape; bad_input for labels that are none.
double averaged(const MetricInput& input, double (*ratio)(const Counts&), Average average);

}  // namespace cenote
