// SPDX-License-Identifier: Apache-2.0
#include "pool/detail/weights.h"

#include <cmath>

namespace cenote::pool_detail {

JoinPtr without_weightless(const JoinPtr& join, const double* weights) {
  if (weights == nullptr) return join;
  auto kept = std::make_shared<Join>();
  for (int64_t group = 0; group < join->groups(); ++group) {
    for (int64_t e = join->offsets[group]; e < join->offsets[group + 1]; ++e) {
      if (weights[e] > 0) kept->rows.push_back(join->rows[e]);
    }
    kept->offsets.push_back(kept->links());
  }
  return kept;
}

std::vector<double> log_weights(const JoinPtr& join, const double* weights) {
  std::vector<double> logs;
  if (weights == nullptr) return logs;
  for (int64_t e = 0; e < join->links(); ++e) logs.push_back(std::log(weights[e]));
  return logs;
}

}  // namespace cenote::pool_detail
