// SPDX-License-Identifier: Apache-2.0
#include "feature/explain.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/toy.h"

namespace cenote {
namespace {

using toy::seed_at;

/// Customer 1 orders 2, 4 and 9 on days 10, 20 and 30, customer 2 orders 5 on day 15: the usual amount is 5.
struct Cells : testing::Test {
  toy::Shop shop{toy::shop_store(
      2, 3, {{1, 1, 1, 2, 10}, {2, 1, 2, 4, 20}, {3, 1, 3, 9, 30}, {4, 2, 1, 5, 15}})};
  FeatureSpace space{shop.schema, shop.graph, 0};
  ThreadPool threads{1};

  static Feature amounts(FeaturePool pool, Window window = {}) {
    Feature feature;
    feature.rows = {0};
    feature.term.kind = TermKind::number;
    feature.term.column.column = 3;
    feature.pool = pool;
    feature.window = window;
    return feature;
  }
  std::vector<CellPart> find(const Feature& feature, int64_t day = 50) {
    FeatureCells finder(space, 50 * kMicrosPerDay);
    return finder.find(feature, seed_at(0, day));
  }
  static double sum(const std::vector<CellPart>& cells) {
    double out = 0;
    for (const CellPart& part : cells) out += part.amount;
    return out;
  }
};

// Orders in order of time: 0 (day 10, 2), 1 (day 15, 5), 2 (day 20, 4), 3 (day 30, 9).
TEST_F(Cells, OfExtremesAndEndsAreOne) {
  EXPECT_EQ(find(amounts(FeaturePool::max)).at(0).cell, (Cell{1, 3, 3}));
  EXPECT_EQ(find(amounts(FeaturePool::min)).at(0).cell, (Cell{1, 0, 3}));
  EXPECT_EQ(find(amounts(FeaturePool::first)).at(0).cell, (Cell{1, 0, 3}));
  const auto last = find(amounts(FeaturePool::last));
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].cell, (Cell{1, 3, 3}));
  EXPECT_EQ(last[0].amount, 1);
  // On day 20 the third order is not known yet.
  EXPECT_EQ(find(amounts(FeaturePool::max), 20).at(0).cell, (Cell{1, 2, 3}));
}

TEST_F(Cells, OfAMeanAreThoseThatPulledIt) {
  // 2 and 4 lie 3 and 1 below the usual 5, 9 lies 4 above it: together they are level, so all count alike.
  const auto level = find(amounts(FeaturePool::mean));
  ASSERT_EQ(level.size(), 3u);
  EXPECT_NEAR(level[0].amount, 1.0 / 3, 1e-12);
  // Of the first two, 3/4 and 1/4.
  const auto low = find(amounts(FeaturePool::mean), 20);
  ASSERT_EQ(low.size(), 2u);
  EXPECT_NEAR(low[0].amount, 0.75, 1e-12);
  EXPECT_NEAR(low[1].amount, 0.25, 1e-12);
  // Of the last two, 4 lies below and 9 above: 9 pulled.
  const auto high = find(amounts(FeaturePool::mean, {WindowKind::rows, 2}));
  ASSERT_EQ(high.size(), 1u);
  EXPECT_EQ(high[0].cell, (Cell{1, 3, 3}));
}

TEST_F(Cells, OfOtherPoolsCountAlike) {
  const auto cells = find(amounts(FeaturePool::std, {WindowKind::span, 25 * kMicrosPerDay}), 35);
  ASSERT_EQ(cells.size(), 2u);  // days 20 and 30
  EXPECT_NEAR(cells[0].amount, 0.5, 1e-12);
  Feature count = amounts(FeaturePool::count);
  count.term = {};
  const auto rows = find(count);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].cell.column, -1);
  EXPECT_NEAR(sum(rows), 1, 1e-12);
}

TEST_F(Cells, OfTheCalendarAndOfNoRowsAreNone) {
  Feature month;
  month.source = FeatureSource::month;
  EXPECT_TRUE(find(month).empty());
  EXPECT_TRUE(find(amounts(FeaturePool::mean), 5).empty());
}

TEST_F(Cells, OfAParentBelongToIt) {
  Feature price = amounts(FeaturePool::last);
  price.term.column = {{3}, 1};  // orders.product^, price
  const auto cells = find(price);
  ASSERT_EQ(cells.size(), 1u);
  EXPECT_EQ(cells[0].cell, (Cell{2, 2, 1}));
  const FeatureParts parts = parts_of(space, price);
  EXPECT_EQ(parts.table, "products");
  EXPECT_EQ(parts.column, "price");
  EXPECT_EQ(parts.link, "orders.customer > orders.product^");
}

TEST_F(Cells, PartsAndValuesReadAsWords) {
  const Feature mean = amounts(FeaturePool::mean, {WindowKind::rows, 5});
  const FeatureParts parts = parts_of(space, mean);
  EXPECT_EQ(parts.table, "orders");
  EXPECT_EQ(parts.column, "amount");
  EXPECT_EQ(parts.link, "orders.customer");
  EXPECT_EQ(parts.window, "last 5 rows");
  EXPECT_EQ(describe_value(mean, 2.25), "2.25");
  EXPECT_EQ(describe_value(mean, 1234567), "1234567");
  EXPECT_EQ(describe_value(mean, std::nanf("")), "missing");
  Feature weekday;
  weekday.source = FeatureSource::weekday;
  EXPECT_EQ(describe_value(weekday, 0), "Monday");
  Feature month;
  month.source = FeatureSource::month;
  EXPECT_EQ(describe_value(month, 12), "December");
  Feature ago = amounts(FeaturePool::last);
  ago.term = {};
  ago.term.kind = TermKind::time;
  EXPECT_EQ(describe_value(ago, 12), "12 days ago");
  EXPECT_EQ(parts_of(space, ago).column, "at");
  Feature share = amounts(FeaturePool::mean);
  share.term.kind = TermKind::indicator;
  EXPECT_EQ(describe_value(share, 0.25), "25 %");
}

}  // namespace
}  // namespace cenote
