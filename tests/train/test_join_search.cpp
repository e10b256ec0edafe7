// SPDX-License-Identifier: Apache-2.0
#include "train/join_search.h"

#include <gtest/gtest.h>

#include <cmath>

#include "cenote/error.h"

namespace cenote {
namespace {

/// A parent with eight children tables, each a link: 255 plans.
Graph star() {
  Graph graph;
  graph.store.tables.resize(9);
  for (int32_t child = 1; child < 9; ++child) {
    GraphLink link;
    link.name = "t" + std::to_string(child) + ".parent";
    link.child_table = child;
    graph.links.push_back(link);
  }
  return graph;
}

/// Links 0, 1 and 2 help, the others harm.
double worth(const JoinPlan& plan) {
  double sum = 0;
  for (size_t l = 0; l < plan.link.size(); ++l) sum += plan.link[l] ? (l < 3 ? 1 : -1) : 0;
  return sum;
}

JoinSearchResult search(const std::string& searcher, int64_t tries, const JoinJudge& judge = worth,
                        bool higher = true) {
  const Graph graph = star();
  const JoinSpace space(graph, 0, 1, false);
  return search_joins(space, judge, {searcher, tries, higher, 7});
}

TEST(JoinSearch, GreedyRemovesWhatHarms) {
  const JoinSearchResult found = search("greedy", 100);
  EXPECT_EQ(found.value, 3);
  EXPECT_EQ(found.best.link, (std::vector<bool>{1, 1, 1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(search(
                "greedy", 100, [](const JoinPlan& p) { return -worth(p); }, false)
                .value,
            -3);
}

TEST(JoinSearch, EverySearcherKeepsToItsTriesAndBeginsWithAll) {
  for (const char* searcher : {"greedy", "evolutionary", "random"}) {
    int64_t calls = 0;
    std::vector<bool> first;
    const auto judge = [&](const JoinPlan& plan) {
      if (calls++ == 0) first = plan.link;
      return worth(plan);
    };
    const JoinSearchResult found = search(searcher, 12, judge);
    EXPECT_EQ(calls, 12) << searcher;
    EXPECT_EQ(found.tried.size(), 12u) << searcher;
    EXPECT_EQ(first, std::vector<bool>(8, true)) << searcher;
    EXPECT_GE(found.value, worth({{}, std::vector<bool>(8, true)})) << searcher;
    EXPECT_EQ(found.value, search(searcher, 12).value) << searcher;
  }
}

TEST(JoinSearch, SearchersFindMoreThanChance) {
  EXPECT_EQ(search("evolutionary", 120).value, 3);
  EXPECT_GT(search("greedy", 40).value, search("random", 40).value - 1);
}

TEST(JoinSearch, ASmallSpaceEnds) {
  Graph graph;
  graph.store.tables.resize(2);
  GraphLink link;
  link.name = "b.a";
  link.child_table = 1;
  graph.links.push_back(link);
  const JoinSpace space(graph, 0, 1, false);
  for (const char* searcher : {"greedy", "evolutionary", "random"}) {
    const auto found = search_joins(space, worth, {searcher, 1000, true, 1});
    EXPECT_EQ(found.tried.size(), 1u) << searcher;
  }
}

TEST(JoinSearch, UndefinedValuesAreNeverBest) {
  const auto judge = [](const JoinPlan& plan) {
    return worth(plan) == 3 ? std::nan("") : worth(plan);
  };
  for (const char* searcher : {"greedy", "evolutionary", "random"})
    EXPECT_FALSE(std::isnan(search(searcher, 100, judge).value)) << searcher;
  EXPECT_TRUE(std::isnan(search("greedy", 5, [](const JoinPlan&) { return std::nan(""); }).value));
}

TEST(JoinSearch, BadOptionsAreRefused) {
  EXPECT_THROW(search("greed", 5), Error);
  EXPECT_THROW(search("greedy", 0), Error);
}

}  // namespace
}  // namespace cenote
