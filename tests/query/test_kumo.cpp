// SPDX-License-Identifier: Apache-2.0
// Questions as Kumo publishes them for RelBench's tasks, letter by letter, and one each of the kinds it documents.
#include <gtest/gtest.h>

#include "testing.h"

namespace cenote {
namespace {

/// Tables "name key time column column>parent ...": columns are whole numbers unless they end in ' (a text).
Schema schema_of(const std::vector<std::string>& tables) {
  Schema out;
  for (const std::string& text : tables) {
    std::vector<std::string> words{""};
    for (const char c : text) {
      if (c == ' ') {
        words.emplace_back();
      } else {
        words.back() += c;
      }
    }
    Table table;
    table.name = words[0];
    table.primary_key = {words[1]};
    table.columns = {make_test_column(words[1], StorageType::int64, ColumnType::key)};
    if (words[2] != "-") {
      table.time_column = words[2];
      table.columns.push_back(make_test_column(words[2], StorageType::time, ColumnType::timestamp));
    }
    for (size_t i = 3; i < words.size(); ++i) {
      const size_t arrow = words[i].find('>');
      std::string name = words[i].substr(0, arrow);
      const bool is_text = name.back() == '\'';
      if (is_text) name.pop_back();
      table.columns.push_back(
          make_test_column(name, is_text ? StorageType::utf8 : StorageType::int64,
                           is_text ? ColumnType::category : ColumnType::number));
      if (arrow == std::string::npos) continue;
      Link link;
      link.from_table = table.name;
      link.from_columns = {name};
      link.to_table = words[i].substr(arrow + 1);
      link.to_columns = {"id"};
      for (const Table& parent : out.tables) {
        if (parent.name == link.to_table) link.to_columns = parent.primary_key;
      }
      out.links.push_back(link);
    }
    out.tables.push_back(std::move(table));
  }
  return out;
}

void expect_read(const Schema& schema, const std::string& text, const std::string& kind,
                 const std::string& predict) {
  Question question;
  ASSERT_EQ(error_of([&] { question = read_question(text, schema); }), "") << text;
  EXPECT_EQ(to_string(question.kind), kind) << text;
  EXPECT_EQ(question.words.front().second, predict) << text;
}

TEST(Kumo, QuestionsOfRelBenchTasks) {
  expect_read(schema_of({"customer customer_id -", "transactions id t_dat customer_id>customer"}),
              "PREDICT COUNT(transactions.*, 0, 7, days)=0 FOR EACH customer.customer_id WHERE "
              "COUNT(transactions.*, -7, 0, days)>0",
              "binary", "whether the number of rows of transactions in the 7 days after t is 0");
  const Schema f1 =
      schema_of({"drivers driverId -", "qualifying qualifyId date position driverId>drivers",
                 "results resultId date statusId driverId>drivers"});
  expect_read(f1, "PREDICT MIN(qualifying.position, 0, 30, days)<=3 FOR EACH drivers.driverId",
              "binary",
              "whether the smallest qualifying.position in the 30 days after t is at most 3");
  expect_read(f1,
              "PREDICT COUNT(results.* WHERE results.statusId != 1, 0, 30, days)>0 FOR EACH "
              "drivers.driverId "
              "ASSUMING COUNT(results.*, 0, 30, days)>0",
              "binary",
              "whether the number of rows of results with results.statusId is not 1 in the 30 days "
              "after t is "
              "more than 0");
}

TEST(Kumo, NestedConditionsAndSeveralAggregations) {
  // In the shape of user-repeat: WHERE inside aggregations, and both WHERE and ASSUMING.
  expect_read(
      schema_of({"users user_id joinedAt", "event_attendees id start_time status' user_id>users"}),
      "PREDICT COUNT(event_attendees.* WHERE event_attendees.status IN ('yes', 'maybe'), 0, 7, "
      "days) > 0 "
      "FOR EACH users.user_id WHERE COUNT(event_attendees.* WHERE event_attendees.status IN "
      "('yes', 'maybe'), "
      "-14, 0, days) > 0 ASSUMING COUNT(event_attendees.*, 0, 7, days) > 0",
      "binary",
      "whether the number of rows of event_attendees with event_attendees.status is one of 'yes', "
      "'maybe' in "
      "the 7 days after t is more than 0");
  // In the shape of user-engagement: three aggregations joined by OR, and all of the past.
  expect_read(
      schema_of({"users Id CreationDate", "posts Id CreationDate OwnerUserId>users",
                 "votes Id CreationDate UserId>users", "comments Id CreationDate UserId>users"}),
      "PREDICT COUNT(votes.*, 0, 90, days)>0 OR COUNT(posts.*, 0, 90, days)>0 OR COUNT(comments.*, "
      "0, 90, "
      "days)>0 FOR EACH users.Id WHERE COUNT(votes.*, -INF, 0, days)>0 OR COUNT(posts.*, -INF, 0, "
      "days)>0 OR "
      "COUNT(comments.*, -INF, 0, days)>0",
      "binary",
      "whether the number of rows of votes in the 90 days after t is more than 0 or the number of "
      "rows of "
      "posts in the 90 days after t is more than 0 or the number of rows of comments in the 90 "
      "days after t "
      "is more than 0");
}

TEST(Kumo, KindsThatItDocuments) {
  const Schema shop = schema_of({"users user_id -", "items item_id -",
                                 "orders order_id date price user_id>users item_id>items"});
  expect_read(shop, "PREDICT SUM(orders.price, 0, 30, days) FOR users.user_id=1", "regression",
              "the sum of orders.price in the 30 days after t");
  expect_read(
      shop, "predict list_distinct(orders.item_id, 0, 30, days) rank top 10 for each users.user_id",
      "ranking",
      "the different values of orders.item_id in the 30 days after t: the 10 most likely, best "
      "first");
  expect_read(shop,
              "PREDICT SUM(orders.price, 0, 1, days) FORECAST 28 TIMEFRAMES FOR EACH items.item_id",
              "forecast",
              "the sum of orders.price in the 1 day after t; the same window 28 times, one after "
              "the other");
  expect_read(schema_of({"players id signed position'"}),
              "PREDICT players.position FOR EACH players.id", "missing",
              "players.position of rows that have none, from rows that have one, as a class");
  // Not a question there, one here.
  expect_read(shop, "PREDICT COUNT(orders.*, 0, 30, days) > 0 FOR EACH users.user_id IN (5)",
              "binary",
              "whether the number of rows of orders in the 30 days after t is more than 0");
}

}  // namespace
}  // namespace cenote
