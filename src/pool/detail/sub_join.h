// SPDX-License-Identifier: Apache-2.0
// Pools of parts of a group: a join with a group for each part.
#pragma once

#include <cstdint>
#include <vector>

#include "pool/pool.h"

namespace cenote::pool_detail {

/// `parts` groups for each group: link e goes to the parts that part_of(e, to) adds to `to`. Links of weight 0 go nowhere.
template <class PartOf>
JoinPtr join_of_parts(const PoolInput& input, int64_t parts, const PartOf& part_of) {
  const Join& join = *input.join;
  auto out = std::make_shared<Join>();
  std::vector<std::vector<int64_t>> rows(static_cast<size_t>(parts));
  std::vector<int64_t> to;
  for (int64_t g = 0; g < join.groups(); ++g) {
    for (auto& list : rows) list.clear();
    for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
      if (input.weights && input.weights[e] == 0) continue;
      to.clear();
      part_of(g, e, to);
      for (const int64_t part : to) rows[part].push_back(join.rows[e]);
    }
    for (const auto& list : rows) {
      out->rows.insert(out->rows.end(), list.begin(), list.end());
      out->offsets.push_back(out->links());
    }
  }
  return out;
}

/// Coordinate d of link e.
inline double coordinate(const PoolInput& input, int64_t e, int64_t d) {
  const at::Tensor& all = input.coordinates;
  return all.const_data_ptr<double>()[e * all.stride(0) + d * all.stride(1)];
}

}  // namespace cenote::pool_detail
