// SPDX-License-Identifier: Apache-2.0
// The search for the joins that a network follows best.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "graph/join_plan.h"

namespace cenote {

/// How good a network is that follows a plan: a validation metric, NaN where there is none.
using JoinJudge = std::function<double(const JoinPlan&)>;

struct JoinSearchOptions {
  std::string searcher = "greedy";  // greedy | evolutionary | random
  int64_t tries = 24;               // plans that are judged, at most
  bool higher_is_better = true;
  uint64_t seed = 0;
};

struct JoinSearchResult {
  JoinPlan best;
  double value = 0;
  std::map<JoinPlan, double> tried;
};

/// The best of the plans tried; the plan of all links is always among them, and equals lose to what was tried first.
///
///   greedy         from all links, and then from the best single join, the best neighbour while it improves
///   evolutionary   ten plans; all of them mutate by one micro-action, the best mutant replaces the oldest
///   random         plans drawn at random
///
/// Cost      `tries` judgements; a plan is judged once.
/// Source    Choi et al. 2025, arXiv:2506.01360. There the judge is the test metric; here it is what the caller gives.
JoinSearchResult search_joins(const JoinSpace& space, const JoinJudge& judge,
                              const JoinSearchOptions& options);

}  // namespace cenote
