// SPDX-License-Identifier: Apache-2.0
// Which far places have few enough rows to be worth pooling: counted as training sees the database.
#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace cenote {

/// Do the children of the children (`second` after `first`) of one row number a thousand at most in the mean? More of
/// them cost much and tell few rows apart.
bool few_below(const Graph& graph, int32_t first, int32_t second, int64_t until);

/// Are the children (`down`) of the other parents (`up`) of one row's children (`first`) 300 at most in the mean, and
/// 20 million in all?
bool few_around(const Graph& graph, int32_t first, int32_t up, int32_t down, int64_t until);

}  // namespace cenote
