// SPDX-License-Identifier: Apache-2.0
// Recommendations against what came: the input of the metrics of links.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metric/metric.h"

namespace cenote {

/// Rows of link prediction. Errors bad_shape; bad_input for a hit that is neither 0 nor 1, a number of items that
/// is none, more hits than items.
int64_t checked_link_rows(const MetricInput& input);

/// The mean over seeds that have items of `value(hits of the seed [k], number of its items)`; RelBench leaves the
/// others out, and so do we.
///
/// Empty     no such seed: NaN; so is a missing value anywhere.
double mean_over_links(const MetricInput& input,
                       double (*value)(std::span<const double> hits, double items));

/// One list of hits: `recommended` [k] (-1: no more) looked up in `items`, ascending.
void append_hits(std::span<const double> recommended, std::span<const int64_t> items,
                 std::vector<double>& hits);

}  // namespace cenote
