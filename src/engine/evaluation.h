// SPDX-License-Identifier: Apache-2.0
// Predictions against labels: what `evaluate` and the report share.
#pragma once

#include <vector>

#include "engine/prepared.h"
#include "cenote/predict.h"

namespace cenote {

/// Every metric that is for the task's type, with intervals over entities. `prediction`: as metrics take them.
std::vector<MetricValue> metrics_of(const Prepared& prepared, const SeedTable& split,
                                    const std::vector<double>& prediction, uint64_t seed,
                                    const Hooks& hooks);

/// How many labels lie within the intervals of each level. Empty where there are none.
std::vector<IntervalCoverage> coverage_of(const ConformalIntervals& intervals,
                                          const std::vector<double>& prediction,
                                          const std::vector<double>& label);

}  // namespace cenote
