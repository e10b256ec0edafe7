// SPDX-License-Identifier: Apache-2.0
// Labels of link prediction: a list of items for each entity and time.
#include <gmock/gmock.h>

#include "base/time.h"
#include "database/duckdb.h"
#include "testing.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The shop with products: 7 is there from the start, 8 from June on, 9 only after the test time.
class Links : public testing::Test {
 protected:
  Links() {
    shop_.write("manifest.yaml",
                "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
                "  customers: {pkey: id, time_col: null, fkeys: {}}\n"
                "  products: {pkey: sku, time_col: since, fkeys: {}}\n"
                "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
    shop_.write("db/products.csv", "sku,since\n7,2020-01-01\n8,2020-06-01\n9,2020-12-01\n");
  }

  void add(const std::string& kind, const std::string& more) {
    shop_.add_task("spot", "name: spot\nkind: " + kind +
                               "\ntask_type: link_prediction\nsrc_entity_table: customers\n"
                               "src_entity_col: customer\ndst_entity_table: products\n"
                               "dst_entity_col: skus\neval_k: 3\ntime_col: at\n" +
                               more);
  }
  void add_sql(const std::string& list) {
    add("forecast",
        "timedelta: 30 days\nnum_eval_timestamps: 2\nsql: |-\n  " + per_customer(list, "skus"));
  }
  static std::string per_customer(const std::string& value, const std::string& name) {
    return "SELECT t.timestamp AS at, customer, " + value + " AS " + name +
           " FROM timestamps t JOIN orders o ON o.at > t.timestamp AND o.at <= t.timestamp + "
           "INTERVAL '{timedelta}' GROUP BY ALL\n";
  }
  Labels labels() {
    const Snapshot snapshot = shop_.open();
    return make_labels(load_task("spot", snapshot), snapshot, warnings_.hooks());
  }
  std::string refusal() {
    return error_of([this] { labels(); });
  }
  std::string file(const std::string& split) const {
    return shop_.path() + "/tasks/spot/" + split + ".parquet";
  }

  Shop shop_;
  Warnings warnings_;
};

TEST_F(Links, AreListsInKeyOrderWithoutDoubles) {
  add_sql("[8, 7, 8]");
  const Labels made = labels();
  EXPECT_THAT(made.val.entity.integers, ElementsAre(1, 2, 1, 2));
  EXPECT_THAT(made.val.label, ElementsAre(2, 2, 2, 2));
  EXPECT_THAT(made.val.item.integers, ElementsAre(7, 8, 7, 8, 7, 8, 7, 8));
  EXPECT_THAT(made.val.item_offsets, ElementsAre(0, 2, 4, 6, 8));
  EXPECT_EQ(format_time(made.val.time[0]), "2020-09-01");
  EXPECT_EQ(warnings_.of("duplicate_labels"), "");
}

TEST_F(Links, ItemsThatAreNotThereUpToTheTestTimeAreDropped) {
  add_sql("[7, 9, 12, NULL]");
  const Labels made = labels();
  EXPECT_THAT(made.test.item.integers, testing::Each(7));
  EXPECT_THAT(made.test.label, testing::Each(1));
  EXPECT_THAT(warnings_.of("unknown_items"),
              HasSubstr("32 of 64 items of train labels are no rows of 'products' up to the test "
                        "time and are dropped, e.g. '9' for customer 1 at 2020-01-05"));
  EXPECT_THAT(warnings_.of("null_labels"), HasSubstr("have no value and are dropped"));
}

TEST_F(Links, AnEmptyListIsNoLabel) {
  add_sql("CASE WHEN customer = 1 THEN [] ELSE [7] END");
  EXPECT_THAT(labels().train.entity.integers, testing::Each(2));
  add_sql("CAST([] AS BIGINT[])");
  EXPECT_THAT(refusal(), HasSubstr("task 'spot': there are no train labels"));
}

TEST_F(Links, WhatIsNoListOrNoKeyIsRefused) {
  add_sql("7");
  EXPECT_THAT(refusal(), HasSubstr("can only be applied to lists"));
  add_sql("['a']");
  EXPECT_THAT(refusal(),
              HasSubstr("the item column 'skus' holds utf8 values, the key of 'products' int64"));
  shop_.write("manifest.yaml",
              "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
              "  customers: {pkey: id, time_col: null, fkeys: {}}\n"
              "  products: {pkey: null, time_col: since, fkeys: {}}\n"
              "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
  EXPECT_THAT(refusal(),
              HasSubstr("'products' needs a primary key of one column to be recommended by"));
}

TEST_F(Links, ComeFromFilesToo) {
  add("external", "timedelta: 30 days\n");
  const auto ship = [&](const std::string& split, const std::string& rows) {
    const DuckDatabase database({}, {});
    database.execute("COPY (SELECT * FROM (VALUES " + rows +
                     ") AS v(customer, \"at\", skus)) TO '" + file(split) + "'");
  };
  ship("train", "(2, TIMESTAMP '2020-03-01', [7]), (1, TIMESTAMP '2020-03-01', [8, 7])");
  ship("val", "(1, TIMESTAMP '2020-09-01', [7])");
  ship("test", "(1, TIMESTAMP '2020-11-01', [8])");
  const Labels made = labels();
  EXPECT_THAT(made.train.entity.integers, ElementsAre(1, 2));
  EXPECT_THAT(made.train.item.integers, ElementsAre(7, 8, 7));
  EXPECT_THAT(made.test.item.integers, ElementsAre(8));
}

TEST_F(Links, HistoryHasTheWindowsThatHaveClosed) {
  add_sql("[CAST(min(amount) AS BIGINT)]");  // July's order names product 7, and so on
  const Snapshot snapshot = shop_.open();
  const Task task = load_task("spot", snapshot);
  const LabelTable past = make_history(task, snapshot, parse_time("2020-10-01"), {}).train;
  EXPECT_EQ(past.time.back(), parse_time("2020-09-01"));
  EXPECT_THAT(past.item.integers, ElementsAre(7, 7, 8, 8, 9, 9));
  EXPECT_EQ(make_history(task, snapshot, parse_time("2020-09-30"), {}).train.size(), 4);
}

}  // namespace
}  // namespace cenote
