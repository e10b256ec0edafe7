// SPDX-License-Identifier: Apache-2.0
/// Normalised discounted cumulative gain: a hit at place i counts 1 / log2(i + 1), divided by what a perfect list of
/// min(k, items) hits would count.
///
/// Shapes    prediction [S, k] of hits, label [S]: how many items the seed has.
/// Empty     no seed with items, or a missing value: NaN. Seeds without items are left out.
/// Errors    bad_shape; bad_input for what is no hit or no number of items.
/// Source    Järvelin, Kekäläinen 2002, with gains of 0 and 1 (as sklearn.metrics.ndcg_score has it)
#include <cmath>

#include "metric/detail/hits.h"

namespace cenote {
namespace {

double of_seed(std::span<const double> hits, double items) {
  double sum = 0, perfect = 0;
  for (size_t place = 0; place < hits.size(); ++place) {
    const double gain = 1 / std::log2(static_cast<double>(place) + 2);
    sum += hits[place] * gain;
    if (static_cast<double>(place) < items) perfect += gain;
  }
  return sum / perfect;
}

double compute(const MetricInput& input) { return mean_over_links(input, of_seed); }

}  // namespace

CENOTE_METRIC(ndcg_at_k) {
  MetricEntry entry;
  entry.info.summary = "discounted gain of the recommended items, of the best possible";
  entry.info.source =
      "Järvelin, Kekäläinen 2002, with gains of 0 and 1 (as sklearn.metrics.ndcg_score has it)";
  entry.info.example = "hits (1 0 1), 4 items: 1.5 / 2.1309 = 0.7039";
  entry.higher_is_better = true;
  entry.task_types = {"link_prediction"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
