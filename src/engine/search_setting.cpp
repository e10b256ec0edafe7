// SPDX-License-Identifier: Apache-2.0
// Joins and pools that suit a network best, found by short trainings.
#include <algorithm>
#include <cmath>

#include "engine/search.h"
#include "pool/pool.h"

namespace cenote {
namespace {

/// What is tried for each relation; chosen for how much they differ. The setting's own goes first.
const std::vector<std::string> kPools{"mean", "sum", "max", "std", "last", "attention"};

Options network_options_of(const WorkItem& trial) {
  Options options(model_registry().at(trial.model).info.options);
  for (const auto& [name, value] : trial.set) {
    if (options.has(name)) options.set(trial.model, name, value);
  }
  return options;
}

int64_t hops_of(const Options& options) {
  const std::string fanout = options.get_text("fanout");
  return 1 + std::count(fanout.begin(), fanout.end(), ',');
}

/// Names of the relations that rows come in by within `hops` of the entity, those next to it first.
std::vector<std::string> reached_relations(const Graph& graph, int32_t entity_table, int64_t hops) {
  std::vector<std::string> out;
  std::vector<int64_t> tables{entity_table}, next;
  for (int64_t hop = 0; hop < hops; ++hop, tables = next) {
    next.clear();
    for (int64_t r = 0; r < graph.relations(); ++r) {
      if (std::find(tables.begin(), tables.end(), graph.group_table(r)) == tables.end()) continue;
      next.push_back(graph.row_table(r));
      // A row has at most one parent by a link: there is nothing to pool.
      if (r % 2 == 1) continue;
      const std::string name = graph.relation_name(r);
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
  }
  return out;
}

}  // namespace

int64_t Search::tries() const {
  return (searches_joins_ ? join_search_.tries : 0) + (searches_pools_ ? pool_search_.tries : 0);
}

/// How good a short training is with one more option; NaN where there is no time for it.
double Search::try_setting(const WorkItem& trial, const std::string& option,
                           const std::string& value, double reserve) {
  if (left() < reserve) return std::nan("");
  TextPairs set{{option, value}};
  set.insert(set.end(), trial.set.begin(), trial.set.end());
  WorkItem one = item(trial.model, std::move(set), trial.seed);
  one.trial = true;
  const Done* done = run_item(one);
  return done == nullptr ? std::nan("") : done->metric;
}

TextPairs Search::search_setting(WorkItem trial, double reserve) {
  TextPairs out;
  const auto take = [&](const std::string& option, const std::string& value) {
    if (value.empty()) return;
    out.emplace_back(option, value);
    TextPairs set{{option, value}};
    set.insert(set.end(), trial.set.begin(), trial.set.end());
    trial = item(trial.model, std::move(set), trial.seed);
  };
  if (searches_joins_) take("joins", search_plan(trial, reserve));
  if (searches_pools_) take("pool", search_pool(trial, reserve));
  return out;
}

/// The plan of joins with which a short training of `trial` does best, or "" for following all of them. Leaves
/// `reserve` seconds of the budget.
std::string Search::search_plan(const WorkItem& trial, double reserve) {
  const ModelEntry& entry = model_registry().at(trial.model);
  const Options options = network_options_of(trial);
  if (options.get_text("joins") != "all") return "";  // the user has fixed them
  const JoinSpace space(prepared_.graph, prepared_.entity_table, hops_of(options),
                        entry.takes_edges);
  const auto judge = [&](const JoinPlan& plan) {
    return try_setting(trial, "joins", space.to_text(plan), reserve);
  };
  const JoinSearchResult found = search_joins(space, judge, join_search_);
  const auto all = space.canonical(space.all());
  const bool follows_all =
      std::isnan(found.value) || (!entry.takes_edges && all && found.best == *all);
  return follows_all ? "" : space.to_text(found.best);
}

/// The pools with which it does best, or "" for its own.
std::string Search::search_pool(const WorkItem& trial, double reserve) {
  const auto fixed = fixed_.find(trial.model);
  const bool is_fixed =
      fixed != fixed_.end() && std::any_of(fixed->second.begin(), fixed->second.end(),
                                           [](const auto& pair) { return pair.first == "pool"; });
  if (is_fixed) return "";
  const Options options = network_options_of(trial);
  const std::string own = options.get_text("pool");
  PoolSearchOptions search = pool_search_;
  search.pools = {own};
  for (const std::string& pool : kPools) {
    if (pool != own) search.pools.push_back(pool);
  }
  const auto judge = [&](const std::string& value) {
    return try_setting(trial, "pool", value, reserve);
  };
  const PoolSearchResult found = search_pools(
      reached_relations(prepared_.graph, prepared_.entity_table, hops_of(options)), judge, search);
  return found.best == own || std::isnan(found.value) ? "" : found.best;
}

}  // namespace cenote
