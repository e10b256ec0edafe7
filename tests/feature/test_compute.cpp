// SPDX-License-Identifier: Apache-2.0
// What features give, by hand. (test_sql.cpp compares all that have SQL with DuckDB.)
#include "feature/compute.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "support/error_of.h"
#include "support/toy.h"

namespace cenote {
namespace {

using toy::seed_at;

// Relations: 0 customers to their orders, 1 back; 2 products to their orders, 3 back.

float value_of(const FeatureSpace& space, const Feature& feature, const Seed& seed,
               const LabelRows& labels = {}) {
  ThreadPool threads(1);
  return compute_features(space, labels, std::span(&feature, 1), std::span(&seed, 1), threads)
      .columns.at(0)
      .at(0);
}

int64_t day(int64_t count) { return count * kMicrosPerDay; }

TEST(AlikeLabels, AreThoseOfWhoeverHadTheSameWhenTheyWereAsked) {
  // Customer 0 orders product 0 on day 10 and product 1 on day 20; customer 1 orders product 0 on day 15.
  toy::Shop shop{toy::shop_store(2, 3, {{1, 1, 1, 2, 10}, {2, 1, 2, 4, 20}, {3, 2, 1, 5, 15}})};
  const FeatureSpace space{shop.schema, shop.graph, 0};
  const LabelRows labels{
      {0, 1, 0}, {day(12), day(16), day(21)}, {day(14), day(18), day(23)}, {{1, 3, 10}}};
  Feature feature;
  feature.source = FeatureSource::alike_labels;
  feature.anchor = {0, 3};  // the product of the latest order
  feature.term.kind = TermKind::label;
  feature.pool = FeaturePool::mean;
  EXPECT_EQ(value_of(space, feature, seed_at(1, 30), labels), 2);  // both of product 0: 1 and 3
  EXPECT_EQ(value_of(space, feature, seed_at(1, 17), labels), 1);  // the other is not known yet
  EXPECT_EQ(value_of(space, feature, seed_at(0, 30), labels), 10);
  EXPECT_TRUE(std::isnan(value_of(space, feature, seed_at(0, 22), labels)));
  EXPECT_TRUE(std::isnan(value_of(space, feature, seed_at(1, 5), labels)));  // no order yet
  EXPECT_EQ(describe(space, feature),
            "mean of label in all past labels of all with the same products row of the latest of "
            "its orders");
  feature.anchor.clear();
  EXPECT_NE(error_of([&] {
              load_feature(space, save_feature(space, feature));
            }).find("a feature that cannot be computed"),
            std::string::npos);
}

TEST(Change, IsWhatCameInASpanLessWhatCameInTheOneBefore) {
  toy::Shop shop{toy::shop_store(
      1, 1, {{1, 1, 1, 2, 10}, {2, 1, 1, 4, 22}, {3, 1, 1, 5, 25}, {4, 1, 1, 9, 31}})};
  const FeatureSpace space{shop.schema, shop.graph, 0};
  Feature feature;
  feature.rows = {0};
  feature.pool = FeaturePool::change;
  feature.window = {WindowKind::span, day(10)};
  EXPECT_EQ(value_of(space, feature, seed_at(0, 31)), 3 - 0);  // days 22, 25, 31; none in (11, 21]
  EXPECT_EQ(value_of(space, feature, seed_at(0, 34)), 2 - 1);  // 25, 31; 22
  feature.term.kind = TermKind::number;
  feature.term.column.column = 3;
  EXPECT_EQ(value_of(space, feature, seed_at(0, 34)), 14 - 4);
  EXPECT_EQ(value_of(space, feature, seed_at(0, 60)), 0);
  feature.window = {};
  EXPECT_NE(error_of([&] { load_feature(space, save_feature(space, feature)); }).find("cannot be"),
            std::string::npos);
}

TEST(Reach, GoesAroundOverOtherParentsOfChildren) {
  // Both customers order product 0; what customer 1 orders of it later is known then.
  toy::Shop shop{toy::shop_store(
      2, 2, {{1, 1, 1, 2, 20}, {2, 2, 1, 4, 15}, {3, 2, 1, 5, 40}, {4, 2, 2, 9, 30}})};
  const int64_t first = 0;
  const TimedRows rows = reach(shop.graph, {0, 3, 2}, std::span(&first, 1));
  ASSERT_EQ(rows.offsets, (std::vector<int64_t>{0, 3}));
  // Orders in order of time: 0 (day 15), 1 (day 20), 2 (day 30), 3 (day 40). The first is known with the customer's own.
  EXPECT_EQ(std::vector<int32_t>(rows.rows.begin(), rows.rows.end()),
            (std::vector<int32_t>{0, 1, 3}));
  EXPECT_EQ(std::vector<int64_t>(rows.time.begin(), rows.time.end()),
            (std::vector<int64_t>{day(20), day(20), day(40)}));
  EXPECT_FALSE(is_reachable({0, 3}));
  EXPECT_FALSE(is_reachable({0, 2, 2}));
  EXPECT_FALSE(is_reachable({}));
}

TEST(Times, TellWeekendsAndHours) {
  // 1970-01-01 was a Thursday: days 2, 3 and 9 are weekends.
  toy::Shop shop{
      toy::shop_store(1, 1, {{1, 1, 1, 2, 1}, {2, 1, 1, 4, 2}, {3, 1, 1, 5, 3}, {4, 1, 1, 9, 9}})};
  const FeatureSpace space{shop.schema, shop.graph, 0};
  Feature feature;
  feature.rows = {0};
  feature.term.kind = TermKind::weekend;
  feature.pool = FeaturePool::mean;
  EXPECT_EQ(value_of(space, feature, seed_at(0, 1)), 0);
  EXPECT_EQ(value_of(space, feature, seed_at(0, 9)), 0.75);
  feature.term.kind = TermKind::hour;
  EXPECT_EQ(value_of(space, feature, seed_at(0, 9)), 0);
}

TEST(Conditions, LeaveOnlyTheNumbersOfTheirRows) {
  // Products cost 0 and 1.5.
  toy::Shop shop{toy::shop_store(
      2, 2, {{1, 1, 1, 2, 10}, {2, 1, 2, 4, 12}, {3, 1, 1, 9, 14}, {4, 1, 2, 7, 31}})};
  const FeatureSpace space{shop.schema, shop.graph, 0};
  Feature feature;
  feature.rows = {0};
  feature.term.kind = TermKind::number;
  feature.term.column.column = 3;
  feature.term.conditions = {{{{3}, 1}, "1.5", false}};
  feature.pool = FeaturePool::max;
  EXPECT_EQ(value_of(space, feature, seed_at(0, 20)), 4);
  EXPECT_EQ(value_of(space, feature, seed_at(0, 31)), 7);
  EXPECT_TRUE(std::isnan(value_of(space, feature, seed_at(0, 10))));
  feature.pool = FeaturePool::sum;
  EXPECT_EQ(value_of(space, feature, seed_at(0, 31)), 11);
  EXPECT_EQ(value_of(space, feature, seed_at(1, 31)), 0);
  const Feature back = load_feature(space, save_feature(space, feature));
  EXPECT_EQ(value_of(space, back, seed_at(0, 31)), 11);
  EXPECT_EQ(
      describe(space, feature),
      "sum of amount where price of their products is '1.5' in all orders (by orders.customer)");
}

}  // namespace
}  // namespace cenote
