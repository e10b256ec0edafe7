// SPDX-License-Identifier: Apache-2.0
#include "feature/few_rows.h"

#include <algorithm>

#include "graph/sampler.h"

namespace cenote {
namespace {

constexpr int64_t kMostBelow = 1000, kMostAround = 300, kMostAroundAll = 20'000'000;

int64_t seen_rows(const StoredTable& table, int64_t until) {
  return std::upper_bound(table.time.begin(), table.time.end(), until) - table.time.begin();
}

}  // namespace

bool few_below(const Graph& graph, int32_t first, int32_t second, int64_t until) {
  const StoredTable& above = graph.store.tables[graph.group_table(first)];
  const StoredTable& below = graph.store.tables[graph.row_table(second)];
  return seen_rows(below, until) <= kMostBelow * seen_rows(above, until);
}

bool few_around(const Graph& graph, int32_t first, int32_t up, int32_t down, int64_t until) {
  const GraphLink& own = graph.links[first / 2];
  const GraphLink& parents = graph.links[up / 2];
  const GraphLink& children = graph.links[down / 2];
  const int64_t seen = seen_rows(graph.store.tables[graph.group_table(first)], until);
  const int64_t most = std::min(kMostAround * seen, kMostAroundAll);
  int64_t rows = 0;
  for (int64_t group = 0; group < seen; ++group) {
    const int64_t begin = own.offsets[group], end = begin + visible_children(own, group, until);
    for (int64_t e = begin; e < end; ++e) {
      if (const int32_t parent = parents.parent[own.children[e]]; parent >= 0)
        rows += visible_children(children, parent, until);
    }
    if (rows > most) return false;
  }
  return true;
}

}  // namespace cenote
