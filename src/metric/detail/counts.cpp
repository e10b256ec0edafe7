// SPDX-License-Identifier: Apache-2.0
#include "metric/detail/counts.h"

#include <cmath>
#include <map>

#include "metric/detail/rows.h"

namespace cenote {
namespace {

double divide(double numerator, double denominator) {
  return denominator == 0 ? kUndefined : numerator / denominator;
}

void count(Counts& counts, bool predicted, bool actual) {
  counts.true_positive += predicted && actual;
  counts.false_positive += predicted && !actual;
  counts.false_negative += !predicted && actual;
}

}  // namespace

std::vector<Counts> count_decisions(const MetricInput& input) {
  std::vector<Counts> counts(static_cast<size_t>(input.width));
  if (is_multilabel(input)) {
    check_binary_labels(input);
    for (size_t i = 0; i < input.label.size(); ++i) {
      count(counts[i % counts.size()], input.prediction[i] > 0.5, input.label[i] == 1);
    }
    return counts;
  }
  check_class_labels(input);
  std::map<double, Counts> unknown;
  for (size_t row = 0; row < input.label.size(); ++row) {
    const auto at = static_cast<int64_t>(row);
    const int64_t predicted = best_class(input, at);
    const double label = input.label[row];
    Counts& actual =
        is_known_class(input, at) ? counts[static_cast<size_t>(label)] : unknown[label];
    const bool right = static_cast<double>(predicted) == label;
    count(actual, right, true);
    if (!right) ++counts[static_cast<size_t>(predicted)].false_positive;
  }
  for (const auto& [label, its] : unknown) counts.push_back(its);
  return counts;
}

double precision_of(const Counts& c) {
  return divide(static_cast<double>(c.true_positive),
                static_cast<double>(c.true_positive + c.false_positive));
}

double recall_of(const Counts& c) {
  return divide(static_cast<double>(c.true_positive),
                static_cast<double>(c.true_positive + c.false_negative));
}

double f1_of(const Counts& c) {
  return divide(2 * static_cast<double>(c.true_positive),
                static_cast<double>(2 * c.true_positive + c.false_positive + c.false_negative));
}

double averaged(const MetricInput& input, double (*ratio)(const Counts&), Average average) {
  const bool multilabel = is_multilabel(input);
  if (checked_rows(input, multilabel) == 0 || has_missing(input)) return kUndefined;
  const auto counts = count_decisions(input);
  if (average == Average::micro) {
    Counts all;
    for (const auto& c : counts) {
      all.true_positive += c.true_positive;
      all.false_positive += c.false_positive;
      all.false_negative += c.false_negative;
    }
    return ratio(all);
  }
  double sum = 0;
  int64_t classes = 0;
  for (const auto& c : counts) {
    if (!multilabel && !c.seen()) continue;
    const double value = ratio(c);
    sum += std::isnan(value) ? 0 : value;
    ++classes;
  }
  return sum / static_cast<double>(classes);
}

}  // namespace cenote
