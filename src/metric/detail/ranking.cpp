// SPDX-License-Identifier: Apache-2.0
#include "metric/detail/ranking.h"

#include <algorithm>

#include "metric/detail/rows.h"

namespace cenote {
namespace {

// Calls step(positives, rows) after each run of equal scores, best scores first; both counts include
// everything so far.
template <class Step>
void for_each_threshold(std::vector<Scored>& rows, Step step) {
  std::sort(rows.begin(), rows.end(),
            [](const Scored& a, const Scored& b) { return a.score > b.score; });
  int64_t positives = 0;
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin;
    for (; end < rows.size() && rows[end].score == rows[begin].score; ++end)
      positives += rows[end].positive;
    step(positives, static_cast<int64_t>(end));
    begin = end;
  }
}

int64_t count_positives(const std::vector<Scored>& rows) {
  return std::count_if(rows.begin(), rows.end(), [](const Scored& r) { return r.positive; });
}

}  // namespace

std::vector<Scored> scored_column(const MetricInput& input, int64_t column) {
  std::vector<Scored> rows;
  const auto width = static_cast<size_t>(input.width);
  for (size_t i = static_cast<size_t>(column); i < input.prediction.size(); i += width) {
    rows.push_back({input.prediction[i], input.label[i] == 1});
  }
  return rows;
}

std::vector<Scored> scored_all(const MetricInput& input) {
  std::vector<Scored> rows;
  for (size_t i = 0; i < input.prediction.size(); ++i) {
    rows.push_back({input.prediction[i], input.label[i] == 1});
  }
  return rows;
}

std::vector<Scored> scored_class(const MetricInput& input, int64_t index) {
  std::vector<Scored> rows;
  const auto width = static_cast<size_t>(input.width);
  for (size_t row = 0; row < input.label.size(); ++row) {
    rows.push_back({input.prediction[row * width + static_cast<size_t>(index)],
                    input.label[row] == static_cast<double>(index)});
  }
  return rows;
}

double rank_auroc(std::vector<Scored> rows) {
  const int64_t positives = count_positives(rows);
  const int64_t negatives = static_cast<int64_t>(rows.size()) - positives;
  if (positives == 0 || negatives == 0) return kUndefined;
  // Pairs in the right order, counted twice so that halves stay whole numbers.
  double twice = 0;
  int64_t positives_before = 0, rows_before = 0;
  for_each_threshold(rows, [&](int64_t positives_now, int64_t rows_now) {
    const int64_t here = positives_now - positives_before;
    const int64_t against = rows_now - rows_before - here;
    const int64_t below = negatives - (rows_now - positives_now);
    twice += static_cast<double>(here) * static_cast<double>(2 * below + against);
    positives_before = positives_now;
    rows_before = rows_now;
  });
  return twice / 2 / (static_cast<double>(positives) * static_cast<double>(negatives));
}

double rank_average_precision(std::vector<Scored> rows) {
  const int64_t positives = count_positives(rows);
  if (positives == 0) return kUndefined;
  double sum = 0;
  int64_t before = 0;
  for_each_threshold(rows, [&](int64_t hits, int64_t seen) {
    sum += static_cast<double>(hits - before) *
           (static_cast<double>(hits) / static_cast<double>(seen));
    before = hits;
  });
  return sum / static_cast<double>(positives);
}

double rank_trapezoid_precision(std::vector<Scored> rows) {
  const int64_t positives = count_positives(rows);
  if (positives == 0) return kUndefined;
  double sum = 0, last_precision = 1;
  int64_t before = 0;
  for_each_threshold(rows, [&](int64_t hits, int64_t seen) {
    const double precision = static_cast<double>(hits) / static_cast<double>(seen);
    sum += static_cast<double>(hits - before) * (precision + last_precision) / 2;
    last_precision = precision;
    before = hits;
  });
  return sum / static_cast<double>(positives);
}

}  // namespace cenote
