// SPDX-License-Identifier: Apache-2.0
#include "metric/detail/hits.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "metric/detail/rows.h"

namespace cenote {

int64_t checked_link_rows(const MetricInput& input) {
  const int64_t rows = checked_rows(input);
  for (int64_t row = 0; row < rows; ++row) {
    const double items = input.label[row];
    CENOTE_CHECK(items >= 0 && items == std::floor(items), bad_input,
                 "the number of items of row {} is {}", row, items);
    double sum = 0;
    for (const double hit : input.prediction.subspan(row * input.width, input.width)) {
      CENOTE_CHECK(hit == 0 || hit == 1, bad_input, "a hit is 0 or 1, one of row {} is {}", row,
                   hit);
      sum += hit;
    }
    CENOTE_CHECK(sum <= items, bad_input, "row {} has {} hits among {} items", row, sum, items);
  }
  return rows;
}

double mean_over_links(const MetricInput& input,
                       double (*value)(std::span<const double> hits, double items)) {
  if (has_missing(input)) return kUndefined;
  const int64_t rows = checked_link_rows(input);
  double sum = 0, count = 0;
  for (int64_t row = 0; row < rows; ++row) {
    if (input.label[row] == 0) continue;
    sum += value(input.prediction.subspan(row * input.width, input.width), input.label[row]);
    count += 1;
  }
  return count > 0 ? sum / count : kUndefined;
}

void append_hits(std::span<const double> recommended, std::span<const int64_t> items,
                 std::vector<double>& hits) {
  for (const double item : recommended) {
    const bool hit =
        item >= 0 && std::binary_search(items.begin(), items.end(), static_cast<int64_t>(item));
    hits.push_back(hit ? 1 : 0);
  }
}

}  // namespace cenote
