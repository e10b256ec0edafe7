// SPDX-License-Identifier: Apache-2.0
// What label SQL may give, and what becomes of it.
#include <gmock/gmock.h>

#include "base/time.h"
#include "testing.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const char* const kBinary = "binary_classification";
const char* const kMulticlass = "multiclass_classification";
const char* const kMultilabel = "multilabel_classification";

TEST(Labels, AreSortedByTimeAndEntity) {
  const Shop shop;
  const Labels labels =
      shop.labels("regression", per_customer("sum(amount)") + " ORDER BY 2 DESC, 1 DESC");
  // Seeds: 30, 60, ... 210 days before September; an order on the 15th of each month.
  EXPECT_EQ(labels.train.size(), 14);
  EXPECT_THAT(labels.train.label, ElementsAre(2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8));
  EXPECT_THAT(labels.train.entity.integers, ElementsAre(1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2));
  EXPECT_EQ(format_time(labels.train.time.front()), "2020-02-04");
  EXPECT_EQ(format_time(labels.train.time.back()), "2020-08-02");
  EXPECT_EQ(labels.last_training_time, labels.train.time.back());
  EXPECT_THAT(labels.val.label, ElementsAre(9, 9, 10, 10));
  EXPECT_THAT(labels.test.label,
              ElementsAre(11, 11));  // a second window would end after the last row
}

TEST(Labels, WindowsAreOpenBeforeAndClosedAfter) {
  const Shop shop;
  // Orders at exactly t and at exactly t + 30 days, t = 2020-09-01.
  shop.write("db/orders.csv",
             "order_id,customer,at,amount,kind\n1,1,2020-01-01,1,a\n2,1,2020-08-01,1,a\n3,1,2020-"
             "09-01,5,a\n"
             "4,2,2020-10-01,7,a\n5,2,2020-10-01 00:00:00.000001,9,a\n6,1,2021-01-01,1,a\n");
  const Labels labels = shop.labels("regression", per_customer("sum(amount)"));
  EXPECT_EQ(labels.val.size(), 2);
  EXPECT_EQ(labels.val.label[0], 7);
  EXPECT_EQ(labels.val.label[1], 9);
}

TEST(Labels, TrainAndValSeeNothingAfterTheTestTime) {
  const Shop shop;
  // The number of orders in the whole table: 20 up to November, 24 in all.
  const Labels labels = shop.labels("regression", per_customer("(SELECT count(*) FROM orders)"));
  EXPECT_EQ(labels.train.label.front(), 20);
  EXPECT_EQ(labels.val.label.front(), 20);
  EXPECT_EQ(labels.test.label.front(), 24);
  // A schema name does not lead around the cut.
  EXPECT_EQ(shop.labels("regression", per_customer("(SELECT count(*) FROM main.orders)"))
                .val.label.front(),
            20);
}

TEST(Labels, RowsAtTheTestTimeAreStillSeen) {
  const Shop shop;
  shop.write("db/customers.csv", "id,name\n1,ann\n");
  shop.write("db/orders.csv",
             "order_id,customer,at,amount,kind\n1,1,2020-01-01,1,a\n2,1,2020-08-01,1,a\n3,1,2020-"
             "09-05,1,a\n"
             "4,1,2020-11-01,1,a\n5,1,2020-11-01 00:00:00.000001,1,a\n6,1,2020-12-30,1,a\n");
  EXPECT_EQ(
      shop.labels("regression", per_customer("(SELECT count(*) FROM orders)")).val.label.front(),
      4);
}

TEST(Labels, TrailingSemicolonsAndCommasPass) {
  const Shop shop;
  EXPECT_EQ(
      shop.labels("regression",
                  "SELECT timestamp AS at, id AS customer, 1.5 AS y, FROM timestamps, customers,;;")
          .train.size(),
      21);
  EXPECT_EQ(
      shop.labels(
              "regression",
              "SELECT timestamp AS at, id AS customer, 1.5 AS y FROM timestamps, customers -- all")
          .train.size(),
      21);
}

TEST(Labels, TimedeltaIsReadInEveryFormRelBenchWrites) {
  const Shop shop;
  for (const char* form :
       {"INTERVAL '{timedelta}'", "INTERVAL '{timedelta} days'", "INTERVAL '{timedelta}' * 1"}) {
    std::string sql = per_customer("sum(amount)");
    sql.replace(sql.find("INTERVAL"), std::string("INTERVAL '{timedelta}'").size(), form);
    EXPECT_EQ(shop.labels("regression", sql).train.size(), 14) << form;
  }
}

TEST(Labels, ColumnNamesIgnoreCase) {
  const Shop shop;
  EXPECT_EQ(shop.labels("regression",
                        "SELECT timestamp AS AT, id AS Customer, 1 AS Y FROM timestamps, customers")
                .val.size(),
            6);
}

TEST(Labels, UnknownEntitiesAndMissingLabelsAreDroppedAndCounted) {
  const Shop shop;
  Warnings warnings;
  const Labels labels = shop.labels("regression",
                                    "SELECT timestamp AS at, c AS customer, CASE WHEN c = 2 THEN "
                                    "NULL WHEN c = 3 THEN 'nan'::DOUBLE ELSE c END AS y "
                                    "FROM timestamps, (VALUES (1), (2), (3), (99), (NULL)) AS v(c)",
                                    warnings.hooks());
  EXPECT_EQ(labels.train.size(), 7);
  EXPECT_EQ(warnings.seen.size(), 6u);  // both, for each split
  EXPECT_THAT(warnings.of("unknown_entities"),
              HasSubstr("14 of 35 train labels name no row of 'customers' up to the test time and "
                        "are dropped, e.g. "
                        "customer 99 at "));
  EXPECT_THAT(warnings.of("null_labels"),
              HasSubstr("14 of 35 train labels have no value and are dropped"));
}

TEST(Labels, EntitiesDatedAfterTheTestTimeAreUnknown) {
  const Shop shop;
  shop.write("manifest.yaml",
             "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
             "  customers: {pkey: id, time_col: since, fkeys: {}}\n"
             "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
  shop.write("db/customers.csv", "id,since\n1,2019-01-01\n2,2020-11-20\n");
  Warnings warnings;
  const Labels labels = shop.labels("regression", per_customer("sum(amount)"), warnings.hooks());
  EXPECT_THAT(labels.test.entity.integers, ElementsAre(1));
  EXPECT_THAT(warnings.of("unknown_entities"), HasSubstr("customer 2"));
}

TEST(Labels, DoublesAreKeptAndCounted) {
  const Shop shop;
  Warnings warnings;
  const Labels labels = shop.labels(
      "regression",
      "SELECT timestamp AS at, 1 AS customer, v AS y FROM timestamps, (VALUES (2), (1)) AS w(v)",
      warnings.hooks());
  EXPECT_EQ(labels.val.size(), 4);
  EXPECT_THAT(labels.val.label, ElementsAre(1, 2, 1, 2));
  EXPECT_THAT(warnings.of("duplicate_labels"),
              HasSubstr("7 of 14 train labels have the entity and time of another and are kept, "
                        "e.g. customer 1 at "));
}

TEST(Labels, KeysMayComeAsFloats) {
  const Shop shop;
  const Labels labels = shop.labels(
      "regression",
      "SELECT timestamp AS at, id::DOUBLE AS customer, 1 AS y FROM timestamps, customers");
  EXPECT_EQ(labels.val.entity.type, StorageType::int64);
  EXPECT_THAT(
      shop.refusal("regression",
                   "SELECT timestamp AS at, name AS customer, 1 AS y FROM timestamps, customers"),
      HasSubstr("bad_input: task 'spot', train labels: the entity column 'customer' holds utf8 "
                "values, the key "
                "of 'customers' int64"));
}

TEST(Labels, BinaryLabelsAreZeroAndOne) {
  const Shop shop;
  EXPECT_THAT(shop.labels(kBinary, per_customer("bool_or(customer = 1)")).val.label,
              ElementsAre(1, 0, 1, 0));
  EXPECT_THAT(shop.labels(kBinary, per_customer("max(customer) - 1.0")).val.label,
              ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(
      shop.refusal(kBinary, per_customer("max(customer)")),
      HasSubstr(
          "train labels: the target 'y' of customer 2 at 2020-02-04 must be 0 or 1, it is 2"));
  EXPECT_THAT(
      shop.refusal(kBinary, per_customer("max(kind)")),
      HasSubstr("is no number but 'new' (utf8); texts are classes of a multiclass_classification"));
}

TEST(Labels, OneClassOnlyIsNothingToLearn) {
  const Shop shop;
  EXPECT_THAT(
      shop.refusal(kBinary, per_customer("1")),
      HasSubstr("bad_input: task 'spot': all 14 train labels are 1: there is nothing to learn"));
  EXPECT_THAT(shop.refusal(kMulticlass, per_customer("'a'")),
              HasSubstr("all 14 train labels are 'a'"));
  Warnings warnings;
  shop.labels(kBinary, per_customer("CAST(max(amount) <= 5 AS INTEGER)"), warnings.hooks());
  EXPECT_THAT(warnings.of("one_class"),
              HasSubstr("all 4 val labels are 0; metrics of this split may be undefined"));
}

TEST(Labels, ClassesAreTrainingClassesInOrderThenOthers) {
  const Shop shop;
  Warnings warnings;
  const Labels labels = shop.labels(
      kMulticlass, per_customer("chr(CAST(77 - max(amount) - max(customer) AS INTEGER))"),
      warnings.hooks());
  // Training: amounts 2 to 8, so letters J down to C; the other splits have B, A and @ besides.
  EXPECT_THAT(labels.classes, ElementsAre("C", "D", "E", "F", "G", "H", "I", "J", "@", "A", "B"));
  EXPECT_EQ(labels.training_classes, 8);
  EXPECT_EQ(labels.classes[static_cast<size_t>(labels.val.label[0])], "C");
  EXPECT_THAT(
      warnings.of("unseen_classes"),
      HasSubstr("3 of 4 val labels are of classes that training labels do not have, e.g. 'B'"));
  const Labels numbers = shop.labels(kMulticlass, per_customer("max(amount) * 10"));
  EXPECT_EQ(numbers.classes.front(), "20");  // as numbers: 20 < 30 < ... < 100
  EXPECT_EQ(numbers.classes.back(), "110");
}

TEST(Labels, ListsAreMultilabel) {
  const Shop shop;
  const Labels labels = shop.labels(
      kMultilabel, per_customer("[max(customer) - 1, 1, CAST(max(amount) > 4 AS INT)]"));
  EXPECT_EQ(labels.val.width, 3);
  EXPECT_EQ(labels.val.size(), 4);
  EXPECT_THAT(labels.val.label, ElementsAre(0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1));
  EXPECT_THAT(shop.labels(kMultilabel, per_customer("[max(customer) = 1, true]")).test.label,
              ElementsAre(1, 1, 0, 1));
  EXPECT_THAT(shop.refusal(kMultilabel,
                           per_customer("CASE WHEN max(customer) = 1 THEN [1] ELSE [1, 0] END")),
              HasSubstr("of customer 2 at 2020-02-04 has 2 values, others have 1"));
  EXPECT_THAT(shop.refusal(kMultilabel, per_customer("[NULL, 1]")),
              HasSubstr("must be a list of 0 and 1"));
  EXPECT_THAT(shop.refusal(kMultilabel, per_customer("[2, 1]")),
              HasSubstr("must be a list of 0 and 1"));
}

TEST(Labels, WrongColumnsAreNamed) {
  const Shop shop;
  EXPECT_EQ(
      shop.refusal("regression", "SELECT timestamp AS at, 1 AS customer, 2 AS z FROM timestamps"),
      "bad_input: task 'spot', train labels: no column 'y' for the target; have: at, customer, z");
  EXPECT_THAT(shop.refusal("regression", "SELECT 1 AS at, 1 AS customer, 2 AS y FROM timestamps"),
              HasSubstr("the time column 'at' holds int64 values, not times"));
  EXPECT_THAT(shop.refusal("regression",
                           "SELECT timestamp AS at, 1 AS customer, timestamp AS y FROM timestamps"),
              HasSubstr("is no number but '2020-02-04' (time)"));
}

TEST(Labels, TimesMustBeSeedTimes) {
  const Shop shop;
  EXPECT_THAT(
      shop.refusal("regression", "SELECT o.at, customer, amount AS y FROM orders o"),
      HasSubstr(
          "a time is none of the split's seed times, which the SQL finds in timestamps(timestamp) "
          "(customer 1 at 2020-01-15 12:00:00)"));
  EXPECT_THAT(shop.refusal("regression",
                           "SELECT NULL::TIMESTAMP AS at, 1 AS customer, 1 AS y FROM timestamps"),
              HasSubstr("a row has no time (customer 1 at no time)"));
}

TEST(Labels, NoRowsAreRefused) {
  const Shop shop;
  EXPECT_THAT(
      shop.refusal("regression", per_customer("1") + " HAVING false"),
      HasSubstr("bad_input: task 'spot': there are no train labels (0 rows before checks)"));
  EXPECT_THAT(shop.refusal("regression",
                           per_customer("1") + " HAVING t.timestamp < TIMESTAMP '2020-09-01'"),
              HasSubstr("there are no val labels"));
  Warnings warnings;
  EXPECT_EQ(
      shop.labels("regression", per_customer("1") + " HAVING t.timestamp < TIMESTAMP '2020-11-01'",
                  warnings.hooks())
          .test.size(),
      0);
  EXPECT_THAT(warnings.of("no_test_labels"), HasSubstr("there are no test labels"));
}

TEST(Labels, WindowsThatDoNotFitAreRefused) {
  const Shop shop;
  const auto refusal = [&](const std::string& timedelta, const std::string& more = "") {
    shop.add_forecast("long", "regression", per_customer("1"), more);
    std::string text = read_file(shop.path() + "/tasks/long/manifest.yaml");
    text.replace(text.find("30 days"), 7, timedelta);
    shop.write("tasks/long/manifest.yaml", text);
    const Snapshot opened = shop.open();
    return error_of([&] { make_labels(load_task("long", opened), opened, {}); });
  };
  EXPECT_THAT(refusal("70 days"),
              HasSubstr("a label window of 70 days from val_timestamp 2020-09-01 reaches past "
                        "test_timestamp 2020-11-01"));
  EXPECT_THAT(refusal("10 days", "val_timestamp: 2020-01-20\n"),
              HasSubstr("no training window of 10 days fits"));
  EXPECT_THAT(
      refusal("10 days", "val_timestamp: 2020-12-20\ntest_timestamp: 2021-02-01\n"),
      HasSubstr("the database ends at 2020-12-15 12:00:00, before the first validation window"));
}

TEST(Labels, ReportsAndCanBeStopped) {
  const Shop shop;
  shop.add_forecast("spot", "regression", per_customer("1"));
  const Snapshot opened = shop.open();
  const Task task = load_task("spot", opened);
  std::vector<int64_t> done;
  Hooks hooks;
  hooks.progress = [&](const Progress& p) { done.push_back(p.phase == "labels" ? p.done : -1); };
  hooks.cancelled = [&] { return done.size() == 2; };
  EXPECT_EQ(error_of([&] { make_labels(task, opened, hooks); }),
            "cancelled: cancelled while making labels");
  EXPECT_THAT(done, ElementsAre(0, 1));
}

}  // namespace
}  // namespace cenote
