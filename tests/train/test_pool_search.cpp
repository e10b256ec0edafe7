// SPDX-License-Identifier: Apache-2.0
#include "train/pool_search.h"

#include <gmock/gmock.h>

#include <cmath>

namespace cenote {
namespace {

const std::vector<std::string> kRelations{"a.x", "b.y"};

/// Two points for max at a.x, one for last at b.y, half a point for sum anywhere.
double points(const std::string& text) {
  double out = text.starts_with("sum") ? 0.5 : 0;
  if (text.find("a.x:max") != std::string::npos) out += 2;
  if (text.find("b.y:last") != std::string::npos) out += 1;
  return out;
}

TEST(PoolSearch, FindsThePoolOfEachRelation) {
  const PoolSearchOptions options{.pools = {"mean", "sum", "max", "last"}, .tries = 100};
  const PoolSearchResult found = search_pools(kRelations, points, options);
  EXPECT_EQ(found.best, "sum,a.x:max,b.y:last");
  EXPECT_DOUBLE_EQ(found.value, 3.5);
  EXPECT_EQ(found.tried.size(), 4u + 3 + 3);
}

TEST(PoolSearch, SmallerMayBeBetter) {
  const PoolSearchOptions options{
      .pools = {"mean", "sum", "max", "last"}, .tries = 100, .higher_is_better = false};
  const auto judge = [](const std::string& text) { return -points(text); };
  EXPECT_EQ(search_pools(kRelations, judge, options).best, "sum,a.x:max,b.y:last");
}

TEST(PoolSearch, TriesAreLimited) {
  for (const int64_t tries : {1, 3, 6}) {
    int64_t asked = 0;
    const auto judge = [&](const std::string& text) { return ++asked, points(text); };
    search_pools(kRelations, judge, {.pools = {"mean", "sum", "max", "last"}, .tries = tries});
    EXPECT_EQ(asked, tries);
  }
}

TEST(PoolSearch, WhatCannotBeJudgedIsNotTaken) {
  const auto nothing = [](const std::string&) { return std::nan(""); };
  const PoolSearchResult none = search_pools(kRelations, nothing, {.pools = {"mean", "sum"}});
  EXPECT_EQ(none.best, "mean");
  EXPECT_TRUE(std::isnan(none.value));
  const auto some = [](const std::string& text) { return text == "sum" ? 1 : std::nan(""); };
  EXPECT_EQ(search_pools(kRelations, some, {.pools = {"mean", "sum"}}).best, "sum");
}

}  // namespace
}  // namespace cenote
