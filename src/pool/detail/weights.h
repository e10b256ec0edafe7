// SPDX-License-Identifier: Apache-2.0
// Row weights of pools that do not add: as masks and as logarithms.
#pragma once

#include <vector>

#include "kernel/segment.h"

namespace cenote::pool_detail {

/// The join without the links of weight 0; the join itself where weights is null.
JoinPtr without_weightless(const JoinPtr& join, const double* weights);

/// ln w of each link, -inf (masked) for 0; empty where weights is null: what a softmax adds to its
/// logits.
std::vector<double> log_weights(const JoinPtr& join, const double* weights);

}  // namespace cenote::pool_detail
