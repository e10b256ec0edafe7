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
  out.offsets.assign(groups + 1, 0);
  for (const int64_t g : group) {
    if (g >= 0) ++out.offsets[g + 1];
  }
  std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
  std::vector<int64_t> order(group.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return time[a] < time[b]; });
  out.rows.resize(out.offsets.back());
  out.time.resize(out.offsets.back());
  std::vector<int64_t> next(out.offsets.begin(), out.offsets.end() - 1);
  for (const int64_t row : order) {
    if (group[row] < 0) continue;
    const int64_t slot = next[group[row]]++;
    out.rows[slot] = static_cast<int32_t>(row);
    out.time[slot] = time[row];
  }
  return out;
}

namespace {

using Known = std::pair<int64_t, int32_t>;  // from when on, and the row

/// The rows that one more relation leads to, each known once it and all before it are.
void step(const Graph& graph, int32_t relation, const std::vector<Known>& from,
          std::vector<Known>& to) {
  const GraphLink& link = graph.links[relation / 2];
  to.clear();
  for (const auto& [time, row] : from) {
    if (relation % 2 == 0) {
      for (int64_t e = link.offsets[row]; e < link.offsets[row + 1]; ++e)
        to.emplace_back(std::max(time, link.child_time[e]), link.children[e]);
    } else if (const int32_t parent = link.parent[row]; parent >= 0) {
      to.emplace_back(std::max(time, graph.store.tables[link.parent_table].time[parent]), parent);
    }
  }
}

}  // namespace

bool is_reachable(const Path& path) {
  const auto down = [&](size_t i) { return path[i] % 2 == 0; };
  if (path.empty() || path.size() > 3 || !down(0)) return false;
  return path.size() == 1 || (path.size() == 2 ? down(1) : !down(1) && down(2));
}

TimedRows reach(const Graph& graph, const Path& path, std::span<const int64_t> parents) {
  CENOTE_ASSERT(is_reachable(path));
  const GraphLink& first = graph.links[path.front() / 2];
  TimedRows out;
  out.offsets.reserve(parents.size() + 1);
  out.offsets.push_back(0);
  std::vector<Known> found, next;  // of one parent, when there are several links
  for (const int64_t parent : parents) {
    const int64_t begin = first.offsets[parent], end = first.offsets[parent + 1];
    if (path.size() == 1) {
      out.rows.insert(out.rows.end(), first.children.begin() + begin, first.children.begin() + end);
      out.time.insert(out.time.end(), first.child_time.begin() + begin,
                      first.child_time.begin() + end);
    } else {
      found.clear();
      for (int64_t m = begin; m < end; ++m)
        found.emplace_back(first.child_time[m], first.children[m]);
      for (size_t i = 1; i < path.size(); ++i) {
        step(graph, path[i], found, next);
        found.swap(next);
      }
      std::sort(found.begin(), found.end());  // rows of a table stand in order of time
      for (const auto& [time, row] : found) {
        out.rows.push_back(row);
        out.time.push_back(time);
      }
    }
    out.offsets.push_back(static_cast<int64_t>(out.rows.size()));
  }
  return out;
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
