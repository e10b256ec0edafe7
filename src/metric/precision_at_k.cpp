// SPDX-License-Identifier: Apache-2.0
/// Which share of the k recommendations was right; places that were left empty count as wrong.
///
/// Shapes    prediction [S, k] of hits, label [S]: how many items the seed has.
/// Empty     no seed with items, or a missing value: NaN. Seeds without items are left out.
/// Errors    bad_shape; bad_input for what is no hit or no number of items.
/// Source    relbench.metrics.link_prediction_precision.
#include "metric/detail/hits.h"

namespace cenote {
namespace {

double of_seed(std::span<const double> hits, double) {
  double found = 0;
  for (const double hit : hits) found += hit;
  return found / static_cast<double>(hits.size());
}

double compute(const MetricInput& input) { return mean_over_links(input, of_seed); }

}  // namespace

CENOTE_METRIC(precision_at_k) {
  MetricEntry entry;
  entry.info.summary = "which share of the recommendations was right";
  entry.info.source = "relbench.metrics.link_prediction_precision";
  entry.info.example = "hits (1 0 1), 4 items: 0.6667";
  entry.higher_is_better = true;
  entry.task_types = {"link_prediction"};
  entry.compute = compute;
  return entry;
}

}  // namespace cenote
