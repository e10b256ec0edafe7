// SPDX-License-Identifier: Apache-2.0
// Metrics: one file each, with the definitions that RelBench and scikit-learn use.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/registry.h"

namespace cenote {

/// What a metric looks at. Predictions are numbers (regression), the probability of class 1 (binary),
/// probabilities [S, width] (multiclass; multilabel), hits (links: 1 where what is recommended at that place is
/// one of the seed's items, else 0; RelBench's pred_isin).
struct MetricInput {
  std::span<const double> prediction;  // [S * width]
  std::span<const double> label;       // [S], multilabel [S * width]; class indices for multiclass;
                                       // links: how many items the seed has
  int64_t width = 1;
};

/// Empty     no rows: NaN ("undefined"), never a made-up number; so is AUROC with one class only.
/// Errors    bad_shape if the sizes do not fit.
/// Threads   safe to call concurrently.
struct MetricEntry {
  EntryInfo info;
  bool higher_is_better = true;
  std::vector<std::string> task_types;  // those it is defined for
  double (*compute)(const MetricInput& input) = nullptr;
};

/// Begins an entry: CENOTE_METRIC(mae) { return {...}; } in src/metric/mae.cpp, inside namespace cenote.
#define CENOTE_METRIC(name)    \
  namespace entries {          \
  MetricEntry metric_##name(); \
  }                            \
  MetricEntry entries::metric_##name()

const Registry<MetricEntry>& metric_registry();

/// What decides between models: a metric of validation predictions.
struct Judge {
  std::string name;
  bool higher_is_better = true;
  std::function<double(const std::vector<double>& prediction)> value;

  bool is_better(double a, double b) const { return higher_is_better ? a > b : a < b; }
};

/// Number of rows, checked. Errors bad_shape.
int64_t checked_rows(const MetricInput& input, bool multilabel = false);

/// A 95 % interval by resampling entities (all rows of a drawn entity together), 1,000 draws. `cancelled` is asked
/// before each of them, and may be empty.
///
/// Empty     NaN where the metric is undefined in all draws.
/// Errors    cancelled.
/// Cost      the metric, 1,000 times; above 20,000 rows (fewer where a row has over 250 numbers) that of a fixed part of
///           the entities: how far its draws lie from its own value, shrunk by the root of its share, is taken as how
///           far those of all rows would.
/// Source    the percentile bootstrap (Efron 1979); the scaling is that of the m out of n bootstrap (Bickel, Götze,
///           van Zwet 1997).
struct Interval {
  double value, low, high;
};
Interval bootstrap(const MetricEntry& metric, const MetricInput& input,
                   std::span<const int64_t> entity, uint64_t seed,
                   const std::function<bool()>& cancelled = {});

/// How far the metric of `input` less that of `other`, predictions of the same rows, would move if other entities
/// had been drawn: its standard deviation over 200 draws of entities, the same for both.
///
/// Empty     NaN where the metric is undefined in nearly all draws.
/// Cost      both metrics, 200 times; above 20,000 rows those of a fixed part of the entities, scaled.
double difference_error(const MetricEntry& metric, const MetricInput& input,
                        std::span<const double> other, std::span<const int64_t> entity,
                        uint64_t seed);

}  // namespace cenote
