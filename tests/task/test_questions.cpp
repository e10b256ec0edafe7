// SPDX-License-Identifier: Apache-2.0
// Questions as tasks: the label tables of the f1 tasks' SQL, windows of months, split times that are chosen.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/time.h"
#include "task/question_task.h"
#include "task/split.h"
#include "testing.h"
#include "support/paged_equal.h"

namespace cenote {
namespace {

AskedTask ask_of(Snapshot& snapshot, const std::string& question, int64_t eval_times = 40) {
  return ask_task(question, snapshot, eval_times);
}

void expect_same(const LabelTable& asked, const LabelTable& task) {
  EXPECT_EQ(asked.time, task.time);
  EXPECT_EQ(asked.label, task.label);
  EXPECT_EQ(asked.entity.integers, task.entity.integers);
}

TEST(Questions, GiveTheLabelsOfTheF1Tasks) {
  Snapshot f1 = open_f1();
  const std::vector<std::pair<const char*, const char*>> pairs{
      {"driver-top3",
       "PREDICT MIN(qualifying.position, 0, 30, days) <= 3 FOR EACH drivers.driverId"},
      {"driver-dnf",
       "PREDICT COUNT(results.* WHERE results.statusId != 1, 0, 30, days) > 0 "
       "FOR EACH drivers.driverId ASSUMING COUNT(results.*, 0, 30, days) > 0"},
      {"driver-position",
       "PREDICT AVG(results.positionOrder, 0, 60, days) FOR EACH drivers.driverId"}};
  for (const auto& [name, question] : pairs) {
    SCOPED_TRACE(name);
    const AskedTask asked = ask_of(f1, question);
    EXPECT_FALSE(asked.split_chosen);
    const Labels of_question = make_labels(asked.task, f1, {});
    const Task task = load_task(name, f1);
    const Labels of_task = make_labels(task, f1, {});
    EXPECT_EQ(asked.task.type, task.type);
    EXPECT_EQ(asked.task.metric, task.metric);
    expect_same(of_question.train, of_task.train);
    expect_same(of_question.val, of_task.val);
    expect_same(of_question.test, of_task.test);
  }
}

TEST(Questions, OfListsGiveTheLabelsOfTheirSql) {
  // The SQL of examples/f1/tasks/driver-circuit-compete.
  Snapshot f1 = open_f1();
  const AskedTask asked = ask_of(f1,
                                 "PREDICT LIST_DISTINCT(results.raceId.circuitId, 0, 365, days) "
                                 "RANK TOP 10 FOR EACH drivers.driverId");
  EXPECT_EQ(asked.task.item_table, "circuits");
  EXPECT_EQ(asked.task.k, 10);
  check_trainable(asked);
  const std::string by_hand =
      "SELECT seed.timestamp AS timestamp, entry.driverId, list(DISTINCT race.circuitId) AS target "
      "FROM timestamps AS seed JOIN races AS race ON race.date > seed.timestamp AND race.date <= "
      "seed.timestamp + INTERVAL '365 days' JOIN results AS entry ON entry.raceId = race.raceId "
      "GROUP BY ALL";
  const SeedTimes times =
      make_seed_times(asked.task, parse_time("1950-05-13"), parse_time("2023-07-30"));
  const auto rows = [&](const std::string& sql, const std::vector<int64_t>& at) {
    Task task;
    task.sql = "SELECT timestamp, driverId, CAST(list_sort(target) AS VARCHAR) AS target FROM (" +
               sql + ") ORDER BY ALL";
    return run_task_sql(task, f1, at, kTimeNever);
  };
  for (const auto* split : {&times.train, &times.val, &times.test}) {
    const QueryResult question = rows(asked.question.sql, *split), task = rows(by_hand, *split);
    EXPECT_GT(question.rows, 100);
    ASSERT_EQ(question.rows, task.rows);
    EXPECT_EQ(question.columns[0].integers, task.columns[0].integers);
    EXPECT_EQ(question.columns[1].integers, task.columns[1].integers);
    EXPECT_EQ(question.columns[2].bytes, task.columns[2].bytes);
  }
}

TEST(Questions, AboutAColumnAreAutocomplete) {
  Snapshot f1 = open_f1();
  const AskedTask asked = ask_of(f1, "PREDICT qualifying.position FOR EACH qualifying.qualifyId");
  EXPECT_EQ(asked.task.kind, TaskKind::autocomplete);
  EXPECT_EQ(asked.task.type, TaskType::regression);
  const Labels of_question = make_labels(asked.task, f1, {});
  const Labels of_task = f1_labels(f1, "qualifying-position");
  expect_same(of_question.train, of_task.train);
  expect_same(of_question.test, of_task.test);
}

TEST(Questions, ANameOfEachRowIsNoClass) {
  const Shop shop;
  std::string customers = "id,name\n";
  for (int i = 0; i < 400; ++i) customers += fmt::format("{},name {}\n", i, i % 390);
  shop.write("db/customers.csv", customers);
  Snapshot open = shop.open();
  const AskedTask asked = ask_of(open, "PREDICT customers.name FOR EACH customers.id");
  const std::string error = error_of([&] { make_labels(asked.task, open, {}); });
  EXPECT_NE(error.find("it is a name, not a class"), std::string::npos) << error;
}

TEST(Questions, WindowsOfMonthsFollowTheCalendar) {
  const Shop shop;
  Snapshot open = shop.open();
  const AskedTask asked =
      ask_of(open, "PREDICT SUM(orders.amount, 0, 1, months) FOR EACH customers.id");
  EXPECT_EQ(asked.task.horizon_months, 1);
  const Labels labels = make_labels(asked.task, open, {});
  // Orders come on the 15th of each month, of the month's amount; validation is from 2020-09-01 on.
  ASSERT_EQ(labels.train.size(), 7 * 3);
  EXPECT_EQ(format_time(labels.train.time.front()), "2020-02-01");
  EXPECT_EQ(format_time(labels.train.time.back()), "2020-08-01");
  EXPECT_EQ(labels.train.label,
            (std::vector<double>{2, 2, 0, 3, 3, 0, 4, 4, 0, 5, 5, 0, 6, 6, 0, 7, 7, 0, 8, 8, 0}));
  EXPECT_EQ(labels.val.label, (std::vector<double>{9, 9, 0, 10, 10, 0}));
  // The database ends on December 15: November is the last whole month after it that is asked about.
  EXPECT_EQ(labels.test.label, (std::vector<double>{11, 11, 0}));
}

TEST(Questions, TimesAreChosenFromTheRangeOfTheData) {
  const Shop shop;
  shop.write("manifest.yaml",
             "name: shop\ntables:\n  customers: {pkey: id, time_col: null, fkeys: {}}\n"
             "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
  Snapshot open = shop.open();
  const AskedTask months =
      ask_of(open, "PREDICT COUNT(orders.*, 0, 1, month) > 0 FOR EACH customers.id");
  // January 15 to December 15 holds 10 whole months up to December 1: one each for test and validation.
  EXPECT_TRUE(months.split_chosen);
  EXPECT_EQ(format_time(months.task.test_timestamp), "2020-11-01");
  EXPECT_EQ(format_time(months.task.val_timestamp), "2020-10-01");
  EXPECT_EQ(months.task.num_eval_timestamps, 1);
  const AskedTask weeks =
      ask_of(open, "PREDICT COUNT(orders.*, 0, 1, week) > 0 FOR EACH customers.id");
  // 335 days are 47 weeks: 7 each.
  EXPECT_EQ(weeks.task.num_eval_timestamps, 7);
  EXPECT_EQ(format_time(weeks.task.test_timestamp), "2020-10-27");
  EXPECT_EQ(format_time(weeks.task.val_timestamp), "2020-09-08");
  EXPECT_EQ(error_of([&] {
              ask_of(open, "PREDICT COUNT(orders.*, 0, 6, months) > 0 FOR EACH customers.id");
            }),
            "bad_input: the rows of orders reach from 2020-01-15 12:00:00 to 2020-12-15 12:00:00, "
            "which holds 1 windows of 6 months; training, validation and test need one each (give "
            "val and test times, or ask about a shorter time)");
}

TEST(Questions, QuietEndsAreNotMeasuredAndBurstsAreReached) {
  const Shop shop;
  shop.write("manifest.yaml",
             "name: shop\ntables:\n  customers: {pkey: id, time_col: null, fkeys: {}}\n"
             "  staff: {pkey: id, time_col: hired}\n"
             "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
  shop.write("db/staff.csv", "id,hired\n1,1999-05-01\n2,2003-05-01\n");
  // A wrong date; 100 orders on the first day of every third week of 30; two more long after.
  std::string orders = "order_id,customer,amount,at\n1,1,5,1970-01-01\n";
  int id = 1;
  for (int week = 0; week < 30; week += 3) {
    const int64_t day = parse_time("2020-01-06") + (7 * week + 1) * kMicrosPerDay;
    for (int i = 0; i < 100; ++i)
      orders += fmt::format("{},{},5,{}\n", ++id, 1 + i % 3, format_time(day));
  }
  orders += fmt::format("{},1,5,2021-06-01\n{},2,5,2021-06-02\n", id + 1, id + 2);
  shop.write("db/orders.csv", orders);
  Snapshot open = shop.open();
  const AskedTask asked =
      ask_of(open, "PREDICT COUNT(orders.*, 0, 7, days) > 0 FOR EACH customers.id");
  // The last burst is of 2020-07-14, whose window ends on 07-15 as counted from the last row.
  EXPECT_EQ(format_time(asked.task.first_seed).substr(0, 7), "2020-01");
  EXPECT_LT(asked.task.test_timestamp, parse_time("2020-07-14"));
  EXPECT_GT(asked.task.test_timestamp, parse_time("2020-05-01"));
  const Labels labels = make_labels(asked.task, open, {});
  for (const LabelTable* table : {&labels.train, &labels.val, &labels.test}) {
    EXPECT_NE(std::find(table->label.begin(), table->label.end(), 1), table->label.end());
    EXPECT_NE(std::find(table->label.begin(), table->label.end(), 0), table->label.end());
  }
  EXPECT_GE(labels.train.time.front(), asked.task.first_seed);
}

TEST(Questions, EntitiesThatComeLaterAreNotAskedAbout) {
  const Shop shop;
  shop.write("manifest.yaml",
             "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
             "  customers: {pkey: id, time_col: since, fkeys: {}}\n"
             "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
  shop.write("db/customers.csv",
             "id,name,since\n1,ann,2020-01-20\n2,bob,2020-06-01\n3,cid,2020-08-15\n");
  Snapshot open = shop.open();
  const AskedTask asked =
      ask_of(open, "PREDICT COUNT(orders.*, 0, 1, months) FOR EACH customers.id");
  const Labels labels = make_labels(asked.task, open, {});
  // Bob is there from June on, at that moment too; Cid, without an order, from the first validation time on.
  EXPECT_EQ(labels.train.entity.integers, (std::vector<int64_t>{1, 1, 1, 1, 1, 2, 1, 2, 1, 2}));
  EXPECT_EQ(labels.train.time.size(), 10u);
  EXPECT_EQ(labels.val.entity.integers, (std::vector<int64_t>{1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(labels.val.label, (std::vector<double>{1, 1, 0, 1, 1, 0}));
}

TEST(Questions, ForecastsHaveALabelForEachWindow) {
  const Shop shop;
  Snapshot open = shop.open();
  const AskedTask asked = ask_of(open,
                                 "PREDICT SUM(orders.amount, 0, 1, months) FORECAST 2 TIMEFRAMES "
                                 "FOR EACH customers.id");
  EXPECT_EQ(asked.task.horizon_months, 2);
  EXPECT_EQ(asked.task.frames, 2);
  const Labels labels = make_labels(asked.task, open, {});
  // As in months, but each time asks about two of them: March and April, May and June, ...
  ASSERT_EQ(labels.train.size(), 3 * 3 * 2);
  EXPECT_EQ(labels.train.label,
            (std::vector<double>{3, 4, 3, 4, 0, 0, 5, 6, 5, 6, 0, 0, 7, 8, 7, 8, 0, 0}));
  EXPECT_EQ(labels.val.label, (std::vector<double>{9, 10, 9, 10, 0, 0}));
  EXPECT_EQ(labels.val.frame, (std::vector<int64_t>{1, 2, 1, 2, 1, 2}));
  EXPECT_EQ(format_time(labels.val.time[1]), "2020-09-01");
  EXPECT_EQ(format_time(labels.val.frame_time[0]), "2020-09-01");
  EXPECT_EQ(format_time(labels.val.frame_time[1]), "2020-10-01");
  EXPECT_EQ(format_time(label_end(asked.task, labels.val.frame_time[1])), "2020-11-01");
  // November and December have not both ended.
  EXPECT_EQ(labels.test.size(), 0);
}

TEST(Questions, WhatHasNoModelYetIsRefusedInOneLine) {
  Snapshot f1 = open_f1();
  const auto refusal = [&](const std::string& question) {
    return error_of([&] { check_trainable(ask_of(f1, question)); });
  };
  EXPECT_EQ(refusal("PREDICT qualifying.position FOR EACH qualifying.qualifyId WHERE "
                    "qualifying.number > 3")
                .rfind("unsupported: missing values are learned from all rows", 0),
            0u);
}

}  // namespace
}  // namespace cenote
