// SPDX-License-Identifier: Apache-2.0
#include "graph/join_plan.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace cenote {
namespace {

constexpr const char* kAsEdge = " as edge";

}  // namespace

JoinSpace::JoinSpace(const Graph& graph, int32_t entity_table, int64_t reach, bool edges)
    : graph_(graph), entity_table_(entity_table), reach_(reach) {
  const auto tables = static_cast<int32_t>(graph.store.tables.size());
  for (int32_t table = 0; edges && table < tables; ++table) {
    Join join;
    join.table = table;
    join.name = graph.store.tables[table].name + kAsEdge;
    int64_t out = 0, in = 0;
    for (const GraphLink& link : graph.links) {
      in += link.parent_table == table;
      if (link.child_table != table) continue;
      if (out < 2) join.ends[out] = link.parent_table;
      ++out;
    }
    if (out == 2 && in == 0 && table != entity_table) joins_.push_back(std::move(join));
  }
  for (size_t l = 0; l < graph.links.size(); ++l) {
    const GraphLink& link = graph.links[l];
    joins_.push_back(
        {-1, static_cast<int64_t>(l), {link.child_table, link.parent_table}, link.name});
  }
}

bool JoinSpace::has(const JoinPlan& plan, const Join& join) const {
  return join.table >= 0 ? plan.edge[join.table] : plan.link[join.link];
}

void JoinSpace::set(JoinPlan& plan, const Join& join, bool to) const {
  (join.table >= 0 ? plan.edge[join.table] : plan.link[join.link]) = to;
}

JoinPlan JoinSpace::all() const {
  return {std::vector<bool>(graph_.store.tables.size(), false),
          std::vector<bool>(graph_.links.size(), true)};
}

std::optional<JoinPlan> JoinSpace::canonical(JoinPlan plan) const {
  for (size_t l = 0; l < graph_.links.size(); ++l) {
    if (plan.edge[graph_.links[l].child_table]) plan.link[l] = false;
  }
  JoinPlan out{std::vector<bool>(plan.edge.size(), false),
               std::vector<bool>(plan.link.size(), false)};
  std::vector<bool> here(plan.edge.size(), false);
  here[entity_table_] = true;
  bool any = false;
  for (int64_t hop = 0; hop < reach_; ++hop) {
    std::vector<bool> next(here.size(), false);
    for (const Join& join : joins_) {
      if (!has(plan, join)) continue;
      for (int side = 0; side < 2; ++side) {
        if (!here[join.ends[side]]) continue;
        next[join.ends[1 - side]] = true;
        set(out, join, true);
        any = true;
      }
    }
    here = next;
  }
  if (!any) return std::nullopt;
  return out;
}

std::vector<JoinPlan> JoinSpace::canonical_distinct(std::vector<JoinPlan> plans) const {
  std::set<JoinPlan> found;
  for (JoinPlan& plan : plans) {
    if (auto kept = canonical(std::move(plan))) found.insert(std::move(*kept));
  }
  return {found.begin(), found.end()};
}

std::vector<JoinPlan> JoinSpace::neighbours(const JoinPlan& plan) const {
  std::vector<JoinPlan> out;
  for (const Join& join : joins_) {
    JoinPlan moved = plan;
    const bool was = has(plan, join);
    set(moved, join, !was);
    if (join.table >= 0 && was) {
      // Rows again: with both of the table's links.
      for (size_t l = 0; l < graph_.links.size(); ++l) {
        if (graph_.links[l].child_table == join.table) moved.link[l] = true;
      }
    }
    if (join.table < 0 && plan.edge[graph_.links[join.link].child_table]) continue;
    out.push_back(std::move(moved));
  }
  out = canonical_distinct(std::move(out));
  std::erase(out, plan);
  return out;
}

std::vector<JoinPlan> JoinSpace::single() const {
  std::vector<JoinPlan> out;
  for (const Join& join : joins_) {
    JoinPlan one = all();
    one.link.assign(one.link.size(), false);
    set(one, join, true);
    out.push_back(std::move(one));
  }
  return canonical_distinct(std::move(out));
}

JoinPlan JoinSpace::draw(Random& random) const {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    JoinPlan plan = all();
    for (const Join& join : joins_) set(plan, join, random.below(2) == 1);
    if (auto kept = canonical(std::move(plan))) return *kept;
  }
  return all();
}

int64_t JoinSpace::count() const {
  CENOTE_ASSERT(joins_.size() <= 24);
  std::set<JoinPlan> found;
  for (uint64_t bits = 0; bits < (uint64_t{1} << joins_.size()); ++bits) {
    JoinPlan plan = all();
    for (size_t j = 0; j < joins_.size(); ++j) set(plan, joins_[j], (bits >> j & 1) != 0);
    if (auto kept = canonical(std::move(plan))) found.insert(std::move(*kept));
  }
  return static_cast<int64_t>(found.size());
}

std::vector<bool> JoinSpace::sampled_links(const JoinPlan& plan) const {
  std::vector<bool> out = plan.link;
  for (size_t l = 0; l < out.size(); ++l) out[l] = out[l] || plan.edge[graph_.links[l].child_table];
  return out;
}

std::string JoinSpace::to_text(const JoinPlan& plan) const {
  std::string out;
  for (const Join& join : joins_) {
    if (has(plan, join)) out += (out.empty() ? "" : "+") + join.name;
  }
  return out;
}

JoinPlan JoinSpace::parse(const std::string& text) const {
  JoinPlan plan = all();
  plan.link.assign(plan.link.size(), false);
  // A name may hold a plus sign itself, so names are matched, the longest first, not split.
  for (size_t at = 0; at <= text.size();) {
    const Join* found = nullptr;
    for (const Join& join : joins_) {
      const size_t end = at + join.name.size();
      const bool here = text.compare(at, join.name.size(), join.name) == 0 &&
                        (end == text.size() || text[end] == '+');
      if (here && (found == nullptr || join.name.size() > found->name.size())) found = &join;
    }
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const Join& join : joins_) names.push_back(join.name);
      fail(ErrorCode::bad_input,
           "option 'joins': '{}' is no join; have: all, or some of these with '+' between "
           "them: {}",
           text.substr(at), join_names(names));
    }
    set(plan, *found, true);
    at += found->name.size() + 1;
  }
  for (const Join& join : joins_) {
    CENOTE_CHECK(join.table < 0 || !plan.edge[join.table] ||
                     std::none_of(joins_.begin(), joins_.end(),
                                  [&](const Join& other) {
                                    return other.link >= 0 && plan.link[other.link] &&
                                           graph_.links[other.link].child_table == join.table;
                                  }),
                 bad_input,
                 "option 'joins': '{}' stands for both links of that table, which are "
                 "named too",
                 join.name);
  }
  const auto kept = canonical(plan);
  CENOTE_CHECK(kept.has_value(), bad_input, "option 'joins': '{}' leaves table '{}' without a join",
               text, graph_.store.tables[entity_table_].name);
  return *kept;
}

}  // namespace cenote
