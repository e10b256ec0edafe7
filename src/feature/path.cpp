// SPDX-License-Identifier: Apache-2.0
#include "feature/path.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/time.h"

namespace cenote {

int64_t TimedRows::visible(int64_t group, int64_t cut) const {
  const auto begin = time.begin() + offsets[group], end = time.begin() + offsets[group + 1];
  return std::upper_bound(begin, end, cut) - begin;
}

TimedRows group_by_time(std::span<const int64_t> group, std::span<const int64_t> time,
                        int64_t groups) {
  TimedRows out;
  out.own_offsets.assign(groups + 1, 0);
  for (const int64_t g : group) {
    if (g >= 0) ++out.own_offsets[g + 1];
  }
  std::partial_sum(out.own_offsets.begin(), out.own_offsets.end(), out.own_offsets.begin());
  std::vector<int64_t> order(group.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return time[a] < time[b]; });
  out.own_rows.resize(out.own_offsets.back());
  out.own_time.resize(out.own_offsets.back());
  std::vector<int64_t> next(out.own_offsets.begin(), out.own_offsets.end() - 1);
  for (const int64_t row : order) {
    if (group[row] < 0) continue;
    const int64_t slot = next[group[row]]++;
    out.own_rows[slot] = static_cast<int32_t>(row);
    out.own_time[slot] = time[row];
  }
  out.offsets = out.own_offsets;
  out.rows = out.own_rows;
  out.time = out.own_time;
  return out;
}

TimedRows reach(const Graph& graph, const Path& down) {
  CENOTE_ASSERT(!down.empty() && down.size() <= 2);
  for (const int32_t relation : down) CENOTE_ASSERT(relation % 2 == 0);
  const GraphLink& first = graph.links[down[0] / 2];
  if (down.size() == 1) {
    TimedRows out;
    out.offsets = first.offsets;
    out.rows = first.children;
    out.time = first.child_time;
    return out;
  }
  const GraphLink& second = graph.links[down[1] / 2];
  const StoredTable& between = graph.store.tables[second.parent_table];
  const StoredTable& rows = graph.store.tables[second.child_table];
  std::vector<int64_t> group(rows.rows, -1), time(rows.rows, kTimeNever);
  for (int64_t row = 0; row < rows.rows; ++row) {
    const int32_t middle = second.parent[row];
    if (middle < 0) continue;
    group[row] = first.parent[middle];
    time[row] = std::max(rows.time[row], between.time[middle]);
  }
  return group_by_time(group, time, graph.store.tables[first.parent_table].rows);
}

Place follow(const Graph& graph, const Path& path, const Seed& seed) {
  Place place{seed.row, seed.own_row};
  for (const int32_t relation : path) {
    const GraphLink& link = graph.links[relation / 2];
    if (relation % 2 == 0) {
      const int64_t known = visible_children(link, place.row, seed.cut);
      if (known == 0) return {};
      place = {link.children[link.offsets[place.row] + known - 1], true};
    } else {
      if (!place.visible || link.parent[place.row] < 0) return {};
      const int64_t parent = link.parent[place.row];
      // Its key is known, but that it will be there is not: what goes on from it would tell.
      if (graph.store.tables[link.parent_table].time[parent] > seed.cut) return {};
      place = {parent, true};
    }
  }
  return place;
}

int32_t end_table(const Graph& graph, const Path& path, int32_t start) {
  return path.empty() ? start : graph.row_table(path.back());
}

std::vector<std::string> relation_names(const Graph& graph, const Path& path) {
  std::vector<std::string> out;
  for (const int32_t relation : path) out.push_back(graph.relation_name(relation));
  return out;
}

Path path_of(const Graph& graph, const std::vector<std::string>& names, int32_t start) {
  Path out;
  int32_t table = start;
  for (const std::string& name : names) {
    int32_t found = -1;
    for (int32_t relation = 0; relation < graph.relations(); ++relation) {
      if (graph.relation_name(relation) == name && graph.group_table(relation) == table)
        found = relation;
    }
    CENOTE_CHECK(found >= 0, bad_input, "model: no link '{}' leads on from table '{}'", name,
                 graph.store.tables[table].name);
    out.push_back(found);
    table = graph.row_table(found);
  }
  return out;
}

}  // namespace cenote
