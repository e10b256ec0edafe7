// SPDX-License-Identifier: Apache-2.0
// Which joins a network follows: a choice of its own, made by hand or searched for.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "graph/graph.h"

namespace cenote {

/// Links that are followed, and link tables whose rows are edges between their two parents instead of
/// stations. An edge table's own two links are not among the followed ones: the edge stands for both.
struct JoinPlan {
  std::vector<bool> edge;  // by table
  std::vector<bool> link;  // by link
  auto operator<=>(const JoinPlan&) const = default;
};

/// The plans of one schema and one entity table.
///
/// A table may be an edge if it has exactly two links, to tables other than itself, and no link leads to it. Its rows
/// keep their times either way: what a seed may not see, it does not see as an edge.
/// Source    Choi et al. 2025, arXiv:2506.01360 (RDB2G-Bench): candidates, canonical form, micro-actions. There an
///           edge loses its time.
class JoinSpace {
 public:
  /// `reach`: how many hops from the entity a join may still matter. `edges`: whether tables may be edges.
  JoinSpace(const Graph& graph, int32_t entity_table, int64_t reach, bool edges);

  /// Every link, no table an edge.
  JoinPlan all() const;
  /// The plan without what cannot be reached; nothing if the entity has no join left.
  std::optional<JoinPlan> canonical(JoinPlan plan) const;
  /// What one micro-action makes of a plan: a link more or less, a table made an edge or rows again. Canonical,
  /// without the plan itself, ascending.
  std::vector<JoinPlan> neighbours(const JoinPlan& plan) const;
  /// The plans with a single join, ascending: where a forward search begins.
  std::vector<JoinPlan> single() const;
  /// A plan drawn at random: each join is in or out.
  JoinPlan draw(Random& random) const;
  /// How many canonical plans there are. Cost 2^joins; REQUIRES joins <= 24.
  int64_t count() const;

  /// The links that rows are drawn over under a plan.
  std::vector<bool> sampled_links(const JoinPlan& plan) const;

  /// "results.driverId+standings as edge".
  std::string to_text(const JoinPlan& plan) const;
  /// Errors    bad_input naming what is no join of this space, and those that are.
  JoinPlan parse(const std::string& text) const;

 private:
  struct Join {
    int32_t table = -1;  // an edge
    int64_t link = -1;   // or a link
    int32_t ends[2] = {};
    std::string name;
  };
  bool has(const JoinPlan& plan, const Join& join) const;
  void set(JoinPlan& plan, const Join& join, bool to) const;
  std::vector<JoinPlan> canonical_distinct(std::vector<JoinPlan> plans) const;

  const Graph& graph_;
  int32_t entity_table_;
  int64_t reach_;
  std::vector<Join> joins_;  // edges first
};

}  // namespace cenote
