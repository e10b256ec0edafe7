// SPDX-License-Identifier: Apache-2.0
// The search for the pools that a network joins the rows of its relations with.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cenote {

/// How good a network is with this value of its option `pool`: a validation metric, NaN where there is none.
using PoolJudge = std::function<double(const std::string&)>;

struct PoolSearchOptions {
  std::vector<std::string> pools;  // that are tried; the first is where the search begins
  int64_t tries = 24;              // values that are judged, at most
  bool higher_is_better = true;
};

struct PoolSearchResult {
  std::string best;
  double value = 0;
  std::map<std::string, double> tried;
};

/// Each pool for all relations; then, relation by relation, each of the others in the order of how good they were for
/// all, kept where it does better. Equals lose to what was tried first.
///
/// Cost      `tries` judgements. REQUIRES at least one pool.
/// Source    ours: coordinate descent.
PoolSearchResult search_pools(const std::vector<std::string>& relations, const PoolJudge& judge,
                              const PoolSearchOptions& options);

}  // namespace cenote
