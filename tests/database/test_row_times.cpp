// SPDX-License-Identifier: Apache-2.0
// When rows became known, where their own table does not say so, or says so wrongly.
#include <gmock/gmock.h>

#include "database/testing.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Customers and products, orders on ten days from 2020-01-01, three lines each.
constexpr const char* kOrders =
    "CREATE TABLE orders AS SELECT i AS order_id, i % 5 AS customer_id, TIMESTAMP '2020-01-01' + "
    "to_days(CAST(i // 5 AS INT)) AS ordered_at FROM range(50) t(i)";
constexpr const char* kLines =
    "CREATE TABLE lines AS SELECT i // 3 AS order_id, i % 7 AS product_id, i % 4 AS amount FROM "
    "range(150) t(i)";
constexpr const char* kProducts =
    "CREATE TABLE products AS SELECT i AS product_id FROM range(7) t(i)";
constexpr const char* kCustomers =
    "CREATE TABLE customers AS SELECT i AS customer_id FROM range(5) t(i)";

TEST(RowTimes, OfLinesAreThoseOfTheirOrder) {
  const TestDatabase db{kOrders, kLines, kProducts, kCustomers};
  const Snapshot s = db.open();
  const Table& lines = s.schema().table("lines");
  EXPECT_EQ(lines.time_column, "ordered_at");
  EXPECT_THAT(lines.time_links, ElementsAre("order_id"));
  EXPECT_EQ(values(s, "lines", "ordered_at")[148], "2020-01-10");  // of order 49
  EXPECT_EQ(values(s, "lines", "order_id")[148], "49");            // rows stay in their order
  EXPECT_THAT(findings(s, "time_of_parent"), ElementsAre(HasSubstr("orders.ordered_at")));
  EXPECT_EQ(s.schema().table("products").time_column, "");
  EXPECT_EQ(s.schema().table("customers").time_column, "");
}

TEST(RowTimes, OfSeveralParentsAreTheLatest) {
  const TestDatabase db{
      kOrders, kLines,
      "CREATE TABLE products AS SELECT i AS product_id, TIMESTAMP '2020-01-05' AS created FROM "
      "range(7) t(i)"};
  const Snapshot s = db.open();
  EXPECT_EQ(s.schema().table("lines").time_column, "known_since");
  EXPECT_THAT(s.schema().table("lines").time_links, ElementsAre("order_id", "product_id"));
  EXPECT_EQ(values(s, "lines", "known_since")[0], "2020-01-05");
  EXPECT_EQ(values(s, "lines", "known_since")[148], "2020-01-10");
}

TEST(RowTimes, AreHandedOnToLinesOfLines) {
  // In name order the grandchildren come first: they wait.
  const TestDatabase db{kOrders,
                        "CREATE TABLE lines AS SELECT i AS line_id, i // 3 AS order_id FROM "
                        "range(150) t(i)",
                        "CREATE TABLE extras AS SELECT i AS line_id FROM range(150) t(i)"};
  const Snapshot s = db.open();
  EXPECT_EQ(s.schema().table("extras").time_column, "ordered_at");
  EXPECT_EQ(values(s, "extras", "ordered_at")[148], "2020-01-10");
}

TEST(RowTimes, AreNotTakenByWhatRowsWithATimeReferTo) {
  // The campaign that a customer belongs to now says nothing about when the customer came.
  const TestDatabase db{
      kOrders,
      "CREATE TABLE campaigns AS SELECT i AS campaign_id, TIMESTAMP '2020-01-01' + to_days(CAST(i "
      "AS INT)) AS started_at FROM range(5) t(i)",
      "CREATE TABLE customers AS SELECT i AS customer_id, i AS campaign_id FROM range(5) t(i)"};
  EXPECT_EQ(db.open().schema().table("customers").time_column, "");
}

TEST(RowTimes, OfLinesWithoutOrderAreNone) {
  const TestDatabase db{kOrders,
                        "CREATE TABLE lines AS SELECT CASE WHEN i < 140 THEN i // 3 END AS "
                        "order_id FROM range(150) t(i)"};
  const Snapshot s = db.open();
  EXPECT_THAT(findings(s, "time_of_parent"),
              ElementsAre(HasSubstr("10 without one are never seen")));
  const TestDatabase few{kOrders,
                         "CREATE TABLE lines AS SELECT CASE WHEN i < 60 THEN i // 3 END AS "
                         "order_id FROM range(150) t(i)"};
  EXPECT_EQ(few.open().schema().table("lines").time_column, "");
}

TEST(RowTimes, AreAsTheManifestHasThem) {
  const char* manifest =
      "tables:\n  orders: {time_col: ordered_at, pkey: order_id}\n"
      "  lines: {time_col: %, fkeys: {order_id: orders}}\n";
  const auto with = [&](const std::string& time) {
    std::string text = manifest;
    return text.replace(text.find('%'), 1, time);
  };
  TestDatabase db{kOrders, kLines};
  EXPECT_EQ(db.manifest(with("null")).open().schema().table("lines").time_column, "");
  const Snapshot s = db.manifest(with("{through: order_id}")).open();
  EXPECT_EQ(s.schema().table("lines").time_column, "ordered_at");
  EXPECT_EQ(s.schema().table("lines").columns.back().evidence, Evidence::manifest);
  EXPECT_THAT(db.manifest(with("{through: product_id}")).open_error(),
              AllOf(HasSubstr("through 'product_id'"), HasSubstr("order_id")));
  EXPECT_THAT(db.manifest(with("{by: order_id}")).open_error(), HasSubstr("through"));
}

TEST(RowTimes, WrittenAtABulkLoadAreGivenUp) {
  const TestDatabase db{
      kOrders,
      "CREATE TABLE customers AS SELECT i AS customer_id, TIMESTAMP '2021-03-01 04:00:00' + "
      "to_seconds(i) AS create_date FROM range(5) t(i)",
      "CREATE TABLE films AS SELECT i AS film_id, TIMESTAMP '2021-03-01' AS last_update FROM "
      "range(5) t(i)"};
  const Snapshot s = db.open();
  EXPECT_EQ(s.schema().table("customers").time_column, "");
  EXPECT_EQ(s.schema().table("films").time_column, "");
  EXPECT_THAT(findings(s, "not_row_time"),
              ElementsAre(AllOf(HasSubstr("customers.create_date"), HasSubstr("100 %")),
                          HasSubstr("films.last_update")));
}

TEST(RowTimes, ThatAreLaterThanTheirRowsArePassedOnOverTablesWithoutTime) {
  const TestDatabase db{
      "CREATE TABLE films AS SELECT i AS film_id, 2021 AS release_year FROM range(5) t(i)",
      "CREATE TABLE copies AS SELECT i AS copy_id, i % 5 AS film_id FROM range(10) t(i)",
      "CREATE TABLE rentals AS SELECT i % 10 AS copy_id, TIMESTAMP '2020-05-01' + to_days(CAST(i "
      "AS INT)) AS rented_at FROM range(50) t(i)"};
  const Snapshot s = db.open();
  EXPECT_EQ(s.schema().table("films").time_column, "");
  EXPECT_EQ(s.schema().table("rentals").time_column, "rented_at");
}

TEST(RowTimes, OfEventsAreKeptThoughOthersReferToThemBefore) {
  // Tickets are sold before the match, whose result is in its row.
  const TestDatabase db{
      "CREATE TABLE matches AS SELECT i AS match_id, TIMESTAMP '2020-02-01' + to_days(CAST(i AS "
      "INT)) AS match_date, i % 4 AS goals FROM range(20) t(i)",
      "CREATE TABLE tickets AS SELECT i % 20 AS match_id, TIMESTAMP '2020-01-01' AS sold_at FROM "
      "range(100) t(i)"};
  const Snapshot s = db.open();
  EXPECT_EQ(s.schema().table("matches").time_column, "match_date");
  EXPECT_THAT(findings(s, "late_row_time"), ElementsAre(HasSubstr("100 %")));
  EXPECT_THAT(findings(s, "not_row_time"), IsEmpty());
}

}  // namespace
}  // namespace cenote
