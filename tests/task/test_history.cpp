// SPDX-License-Identifier: Apache-2.0
// What a model that looks back may know: closed windows, and nothing later.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/time.h"
#include "task/testing.h"

namespace cenote {
namespace {

constexpr int64_t kWindow = 30 * kMicrosPerDay;

class HistoryOfAShop : public testing::Test {
 protected:
  HistoryOfAShop() { shop_.add_forecast("spend", "regression", per_customer("sum(amount)")); }

  Labels until(const std::string& time, const Hooks& hooks = {}) const {
    const Snapshot snapshot = shop_.open();
    return make_history(load_task("spend", snapshot), snapshot, parse_time(time), hooks);
  }

  Shop shop_;
};

TEST_F(HistoryOfAShop, HasTheWindowsThatHaveClosed) {
  for (const char* time : {"2020-06-01", "2020-10-20", "2020-12-20", "2021-03-01"}) {
    const LabelTable past = until(time).train;
    ASSERT_GT(past.size(), 0) << time;
    EXPECT_LE(past.time.back() + kWindow, parse_time(time));
    EXPECT_EQ(past.label.size(), past.time.size());
  }
  // The last closed one: validation's first, and the first after the test time.
  EXPECT_EQ(until("2020-10-20").train.time.back(), parse_time("2020-09-01"));
  EXPECT_EQ(until("2020-12-20").train.time.back(), parse_time("2020-11-01"));
}

TEST_F(HistoryOfAShop, EndsWhereTheNextWindowIsOpenByAMicrosecond) {
  EXPECT_EQ(until("2020-12-01").train.time.back(), parse_time("2020-11-01"));
  EXPECT_LT(until("2020-11-30 23:59:59.999999").train.time.back(), parse_time("2020-11-01"));
}

TEST_F(HistoryOfAShop, IsThatOfTheSplitsWhereTheyReach) {
  const Snapshot snapshot = shop_.open();
  const Labels splits = make_labels(load_task("spend", snapshot), snapshot, {});
  const LabelTable past = until("2020-12-20").train;
  EXPECT_EQ(past.size(), splits.train.size() + splits.val.size() + splits.test.size());
  EXPECT_THAT(std::vector<double>(past.label.begin(), past.label.begin() + splits.train.size()),
              testing::ElementsAreArray(splits.train.label));
}

TEST_F(HistoryOfAShop, HasEntitiesThatCameAfterTheTestTime) {
  shop_.write("manifest.yaml",
              "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
              "  customers: {pkey: id, time_col: since, fkeys: {}}\n"
              "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
  shop_.write("db/customers.csv", "id,since\n1,2020-01-01\n2,2020-11-05\n");
  const ColumnData entity = until("2021-03-01").train.entity;
  EXPECT_NE(std::count(entity.integers.begin(), entity.integers.end(), 2), 0);
}

TEST(History, NeedsToBeKnownFromWhenOn) {
  Task task;
  task.kind = TaskKind::external;
  EXPECT_FALSE(has_history(task));
  task.horizon = kWindow;
  EXPECT_TRUE(has_history(task));
}

TEST_F(HistoryOfAShop, MayBeEmpty) {
  EXPECT_EQ(until("1990-01-01").train.size(), 0);
  EXPECT_EQ(until("2020-01-16").train.size(), 0);
}

TEST_F(HistoryOfAShop, IsNotAskedForFarBehindTheLastRow) {
  EXPECT_GT(until("2060-01-01").train.size(), 0);
  EXPECT_THAT(error_of([&] { until("2999-01-01"); }),
              testing::AllOf(testing::HasSubstr("bad_input: task 'spend': 2999-01-01 lies 11"),
                             testing::HasSubstr("windows of 30 days after the last row"),
                             testing::HasSubstr("predict from a nearer time")));
}

TEST_F(HistoryOfAShop, NeedsNoRowAfterItsTime) {
  const LabelTable whole = until("2020-06-20").train;
  std::string orders = "order_id,customer,at,amount,kind\n";
  for (int month = 1; month <= 6; ++month) {
    for (int customer = 1; customer <= 2; ++customer) {
      orders += std::to_string(month * 10 + customer) + "," + std::to_string(customer) + ",2020-0" +
                std::to_string(month) + "-15 12:00:00," + std::to_string(month) + ",new\n";
    }
  }
  shop_.write("db/orders.csv", orders);
  const LabelTable cut = until("2020-06-20").train;
  EXPECT_EQ(cut.time, whole.time);
  EXPECT_EQ(cut.label, whole.label);
}

TEST_F(HistoryOfAShop, OfLabelFilesThatAreNotThereIsEmptyAndSaysSo) {
  shop_.add_task("given",
                 "name: given\nkind: external\ntask_type: regression\nentity_table: customers\n"
                 "entity_col: customer\ntarget_col: y\ntime_col: at\ntimedelta: 30 days\n");
  const Snapshot snapshot = shop_.open();
  Warnings warnings;
  const Labels past = make_history(load_task("given", snapshot), snapshot, parse_time("2021-01-01"),
                                   warnings.hooks());
  EXPECT_EQ(past.train.size(), 0);
  EXPECT_NE(warnings.of("no_history"), "");
}

}  // namespace
}  // namespace cenote
