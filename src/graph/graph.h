// SPDX-License-Identifier: Apache-2.0
// Links as compressed joins, in both directions.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "base/threads.h"
#include "graph/column_store.h"

namespace cenote {

/// One foreign key. The child-to-parent direction is one column, the other a join whose children are
/// sorted by (time, order of the table), times inline: what is visible at a time is a prefix.
struct GraphLink {
  std::string name;  // "results.driverId"
  int32_t child_table = 0, parent_table = 0;
  PagedVector<int32_t> parent;      // [children], -1: null or dangling
  PagedVector<int64_t> offsets;     // [parents + 1]
  PagedVector<int32_t> children;    // [E]
  PagedVector<int64_t> child_time;  // [E]
};

/// The tables and their links. Relation 2 i goes from the parents of link i to their children (a parent
/// pools its children), relation 2 i + 1 from children to parents.
///
/// Threads    immutable after build_graph(): safe to read concurrently.
struct Graph {
  ColumnStore store;
  std::vector<GraphLink> links;  // as in the schema

  int64_t relations() const { return 2 * static_cast<int64_t>(links.size()); }
  /// The table whose rows are groups of a relation, and the table whose rows are pooled.
  int32_t group_table(int64_t relation) const;
  int32_t row_table(int64_t relation) const;
  /// "results.driverId" (children of a parent) or "results.driverId^" (parent of a child).
  std::string relation_name(int64_t relation) const;
};

/// A value of the database: a row of a table and one of its columns; column -1: that the row is there at all.
struct Cell {
  int32_t table = 0;
  int64_t row = 0;
  int32_t column = -1;
  auto operator<=>(const Cell&) const = default;
};

/// A cell's part in something.
struct CellPart {
  Cell cell;
  double amount = 0;
};

/// Resolves every link; links are built in parallel, each by one thread.
Graph build_graph(const Schema& schema, ColumnStore store, ThreadPool& threads);

}  // namespace cenote
