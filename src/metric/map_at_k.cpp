// SPDX-License-Identifier: Apache-2.0
/// Mean average precision of the k recommended items: precision at the place of each hit, added up and divided by
/// how many hits there could have been, min(k, items).
///
/// Shapes    prediction [S, k] of hits, label [S]: how many items the seed has.
/// Empty     no seed with items, or a missing value: NaN. Seeds without items are left out.
/// Errors    bad_shape; bad_input for what is no hit or no number of items.
/// Source    relbench.metrics.link_prediction_map.
#include <algorithm>

#include "metric/detail/hits.h"

namespace cenote {
namespace {

double of_seed(std::span<const double> hits, double items) {
  double found = 0, sum = 0;
  for (size_t place = 0; place < hits.size(); ++place) {
    found += hits[place];
    sum += hits[place] * found / static_cast<double>(place + 1);
  }
  return sum / std::min(items, static_cast<double>(hits.size()));
}

double compute(const MetricInput& input) { return mean_over_links(input, of_seed); }

}  // namespace

CENOTE_METRIC(map_at_k) {
  MetricEntry entry;
  entry.info.summary = "mean average precision of the recommended items";
  entry.info.source = "relbench.metrics.link_prediction_map";
  entry.info.example = "hits (1 0 1), 4 items: (1 + 2/3) / 3 = 0.5556";
  entry.higher_is_better = true;
  entry.task_types = {"link_prediction"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
