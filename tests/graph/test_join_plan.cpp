// SPDX-License-Identifier: Apache-2.0
#include "graph/join_plan.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "cenote/error.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A graph of names alone: "child.column" -> parent.
Graph graph_of(const std::vector<std::string>& tables,
               const std::vector<std::pair<std::string, std::string>>& links) {
  Graph graph;
  for (const std::string& name : tables) {
    graph.store.tables.emplace_back();
    graph.store.tables.back().name = name;
  }
  const auto find = [&](const std::string& name) {
    return static_cast<int32_t>(std::find(tables.begin(), tables.end(), name) - tables.begin());
  };
  for (const auto& [name, parent] : links) {
    GraphLink link;
    link.name = name;
    link.child_table = find(name.substr(0, name.find('.')));
    link.parent_table = find(parent);
    graph.links.push_back(link);
  }
  return graph;
}

Graph formula_1() {
  return graph_of({"circuits", "constructor_results", "constructor_standings", "constructors",
                   "drivers", "qualifying", "races", "results", "standings"},
                  {{"constructor_results.constructorId", "constructors"},
                   {"constructor_results.raceId", "races"},
                   {"constructor_standings.constructorId", "constructors"},
                   {"constructor_standings.raceId", "races"},
                   {"qualifying.constructorId", "constructors"},
                   {"qualifying.driverId", "drivers"},
                   {"qualifying.raceId", "races"},
                   {"races.circuitId", "circuits"},
                   {"results.constructorId", "constructors"},
                   {"results.driverId", "drivers"},
                   {"results.raceId", "races"},
                   {"standings.driverId", "drivers"},
                   {"standings.raceId", "races"}});
}

/// orders links customers and items; items have a brand.
Graph shop() {
  return graph_of(
      {"brands", "customers", "items", "orders"},
      {{"items.brand", "brands"}, {"orders.customer", "customers"}, {"orders.item", "items"}});
}

TEST(JoinPlan, FormulaOneHasTheNumberOfPlansThatTheBenchmarkStates) {
  const Graph graph = formula_1();
  EXPECT_EQ(JoinSpace(graph, 4, 2, true).count(), 722);
}

TEST(JoinPlan, WhatCannotBeReachedIsLeftOut) {
  const Graph graph = shop();
  const JoinSpace space(graph, 1, 2, true);
  // Two hops from a customer: orders, then items. A brand is three hops away, unless orders are edges.
  EXPECT_EQ(space.to_text(*space.canonical(space.all())), "orders.customer+orders.item");
  EXPECT_EQ(space.to_text(space.parse("orders as edge+items.brand")), "orders as edge+items.brand");
  const JoinPlan without = space.parse("orders.customer");
  EXPECT_EQ(without.link, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(space.sampled_links(space.parse("orders as edge")),
            (std::vector<bool>{false, true, true}));
}

TEST(JoinPlan, NeighboursAreOneActionAway) {
  const Graph graph = shop();
  const JoinSpace space(graph, 1, 2, true);
  std::vector<std::string> names;
  for (const JoinPlan& plan : space.neighbours(space.parse("orders.customer")))
    names.push_back(space.to_text(plan));
  std::sort(names.begin(), names.end());
  EXPECT_THAT(names, ElementsAre("orders as edge", "orders.customer+orders.item"));
  names.clear();
  for (const JoinPlan& plan : space.neighbours(space.parse("orders as edge")))
    names.push_back(space.to_text(plan));
  std::sort(names.begin(), names.end());
  EXPECT_THAT(names, ElementsAre("orders as edge+items.brand", "orders.customer+orders.item"));
  names.clear();
  for (const JoinPlan& plan : space.single()) names.push_back(space.to_text(plan));
  std::sort(names.begin(), names.end());
  EXPECT_THAT(names, ElementsAre("orders as edge", "orders.customer"));
}

TEST(JoinPlan, TablesThatAreReferredToOrHaveOtherThanTwoLinksAreNoEdges) {
  const Graph graph = formula_1();
  const JoinSpace space(graph, 4, 2, true), rows(graph, 4, 2, false);
  EXPECT_THROW(space.parse("qualifying as edge"), Error);
  EXPECT_THROW(space.parse("races as edge"), Error);
  EXPECT_NO_THROW(space.parse("standings as edge"));
  EXPECT_THROW(rows.parse("standings as edge"), Error);
}

TEST(JoinPlan, BadTextsAreRefused) {
  const Graph graph = shop();
  const JoinSpace space(graph, 1, 2, true);
  const auto error = [&](const std::string& text) -> std::string {
    try {
      space.parse(text);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_THAT(error("orders.customers"), HasSubstr("orders.customer, orders.item"));
  EXPECT_THAT(error("orders.customer+"), HasSubstr("'' is no join"));
  EXPECT_THAT(error(""), HasSubstr("'' is no join"));
  EXPECT_THAT(error("items.brand"), HasSubstr("leaves table 'customers' without a join"));
  EXPECT_THAT(error("orders as edge+orders.item"), HasSubstr("both links"));
}

TEST(JoinPlan, NamesWithAPlusAreFound) {
  const Graph graph = graph_of({"a", "b"}, {{"b.x", "a"}, {"b.x+b.y", "a"}, {"b.y", "a"}});
  const JoinSpace space(graph, 0, 1, false);
  EXPECT_EQ(space.parse("b.x+b.y").link, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(space.parse("b.y+b.x").link, (std::vector<bool>{true, false, true}));
}

TEST(JoinPlan, DrawsAreCanonicalAndByTheKey) {
  const Graph graph = formula_1();
  const JoinSpace space(graph, 4, 2, true);
  Random a(1), b(1);
  for (int i = 0; i < 50; ++i) {
    const JoinPlan plan = space.draw(a);
    EXPECT_EQ(plan, space.draw(b));
    EXPECT_EQ(plan, *space.canonical(plan));
  }
}

}  // namespace
}  // namespace cenote
