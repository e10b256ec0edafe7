// SPDX-License-Identifier: Apache-2.0
// Paths of links: from a seed to one row, and from that row to the many rows that a feature pools.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/sampler.h"

namespace cenote {

/// Relations of a graph one after the other (graph.h): 2 i goes down to children, 2 i + 1 up to a parent.
using Path = std::vector<int32_t>;

/// The rows that groups reach, in order of (time from which they are known, order of the table).
struct TimedRows {
  std::vector<int64_t> offsets;  // [groups + 1]
  PagedVector<int32_t> rows;
  PagedVector<int64_t> time;

  int64_t groups() const { return static_cast<int64_t>(offsets.size()) - 1; }
  /// How many rows of a group are known at `cut`.
  int64_t visible(int64_t group, int64_t cut) const;
};

/// What reach() can go: down to children; to children of children; to children, up to their other parents, and down to
/// the children of these.
bool is_reachable(const Path& path);
/// The rows that such a path reaches from `parents`, a group each, as often as there are ways to them. A row is known
/// once it and all rows between are.
/// Errors    internal for any other path.
/// Cost      O(rows that are reached), however large the tables are.
TimedRows reach(const Graph& graph, const Path& path, std::span<const int64_t> parents);
/// Rows given as (group, time), in their order where times are equal; those of group -1 are left out.
TimedRows group_by_time(std::span<const int64_t> group, std::span<const int64_t> time,
                        int64_t groups);

/// Where a path leads to from a seed: `row` is -1 where there is none, or none that is visible. The seed's own row is
/// there whatever its time; `visible` says whether its columns are.
struct Place {
  int64_t row = -1;
  bool visible = false;
};
/// Up to the parent, down to the latest visible child.
Place follow(const Graph& graph, const Path& path, const Seed& seed);

int32_t end_table(const Graph& graph, const Path& path, int32_t start);
std::vector<std::string> relation_names(const Graph& graph, const Path& path);
/// Errors    bad_input for a name that the graph does not have, or steps that do not follow each other.
Path path_of(const Graph& graph, const std::vector<std::string>& names, int32_t start);

}  // namespace cenote
