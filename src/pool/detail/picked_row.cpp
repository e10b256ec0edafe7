// SPDX-License-Identifier: Apache-2.0
#include "pool/detail/picked_row.h"

#include <algorithm>
#include <cmath>

#include "kernel/detail_dispatch.h"

namespace cenote {

PoolResult PickedRowPool::forward(const PoolInput& input) const {
  check_pool_input(name_, traits_, input);
  const Join& join = *input.join;
  check_join(name_, input.rows, join);
  auto picked = std::make_shared<Join>();  // one row a group, or none
  for (int64_t group = 0; group < join.groups(); ++group) {
    int64_t best = -1;
    for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
      CENOTE_CHECK(!std::isnan(input.order[e]), bad_input,
                   "pool '{}': the order key of link {} is NaN", name_, e);
      if (input.weights && input.weights[e] == 0) continue;
      if (!may_be_picked(input.order[e])) continue;
      if (best < 0 || is_better(input.order[e], input.order[best])) best = e;
    }
    if (best >= 0) picked->rows.push_back(join.rows[best]);
    picked->offsets.push_back(picked->links());
  }
  return {segment_sum(input.rows, picked), input.join};
}

void PickedRowPool::add(double* s, const double* row, double, double key) const {
  if (!may_be_picked(key) || (s[0] == 1 && !is_better(key, s[1]))) return;
  s[0] = 1;
  s[1] = key;
  std::copy_n(row, width_, s + 2);
}

void PickedRowPool::join_states(double* s, const double* other) const {
  if (other[0] == 1) add(s, other + 2, 1, other[1]);
}

void PickedRowPool::result(const double* s, double* out) const { std::copy_n(s + 2, width_, out); }

}  // namespace cenote
