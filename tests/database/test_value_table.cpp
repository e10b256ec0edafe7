// SPDX-License-Identifier: Apache-2.0
// Tables that the source does not have: the values of columns.
#include <gmock/gmock.h>

#include "database/testing.h"
#include "schema/manifest.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// 30 users rate 300 times; tags know two more; stars and country_code identify nothing.
constexpr const char* kRatings =
    "CREATE TABLE ratings AS SELECT i % 30 AS userId, i % 5 AS stars, i % 25 AS country_code, "
    "TIMESTAMP '2020-01-01' + to_days(CAST(i AS INT)) AS rated_at FROM range(300) t(i)";
constexpr const char* kTags =
    "CREATE TABLE tags AS SELECT 2 * (i % 17) AS userId, 'w' || i AS word, TIMESTAMP '2019-12-01' + "
    "to_days(CAST(i AS INT)) AS tagged_at FROM range(34) t(i)";

TEST(ValueTable, HoldsWhatColumnsOfOneNameIdentify) {
  const TestDatabase db{kRatings, kTags};
  const Snapshot s = db.open();
  ASSERT_THAT(s.schema().table_names(), ElementsAre("ratings", "tags", "user"));
  const Table& user = s.schema().table("user");
  EXPECT_EQ(user.rows, 32);
  EXPECT_THAT(user.primary_key, ElementsAre("userId"));
  EXPECT_THAT(user.values_of, ElementsAre("ratings.userId", "tags.userId"));
  ASSERT_EQ(s.schema().links.size(), 2U);
  EXPECT_EQ(s.schema().links[1].name(), "tags.userId");
  EXPECT_EQ(s.schema().links[1].to_table, "user");
  // Known from the first row of either table on.
  EXPECT_EQ(user.time_column, "first_seen");
  EXPECT_EQ(values(s, "user", "first_seen")[1], "2020-01-02");  // a rating
  EXPECT_EQ(values(s, "user", "first_seen")[2], "2019-12-02");  // a tag
}

TEST(ValueTable, NeedsTwentyValuesThatComeAgain) {
  const TestDatabase once{
      "CREATE TABLE t AS SELECT i AS visit_id, DATE '2020-01-01' AS day FROM range(300) t(i)",
      "CREATE TABLE u AS SELECT i AS session_id, i % 10 AS shop_id, i % 2 AS valid FROM range(300) "
      "t(i)"};
  EXPECT_THAT(once.open().schema().table_names(), ElementsAre("t", "u"));
}

TEST(ValueTable, IsNotMadeWhereATableOrALinkIs) {
  const TestDatabase named{kRatings, "CREATE TABLE \"User\" AS SELECT 1 AS x FROM range(3) t(i)"};
  EXPECT_THAT(named.open().schema().table_names(), ElementsAre("User", "ratings"));
  const TestDatabase declared{"CREATE TABLE p(id INT PRIMARY KEY)",
                              "CREATE TABLE c(p_id INT REFERENCES p(id), user_id INT)",
                              "INSERT INTO p SELECT i FROM range(3) t(i)",
                              "INSERT INTO c SELECT i % 3, i % 30 FROM range(300) t(i)"};
  EXPECT_THAT(declared.open().schema().table_names(), ElementsAre("c", "p"));
}

TEST(ValueTable, IsDeclaredByAManifest) {
  TestDatabase db{kRatings, kTags};
  const auto open = [&](const std::string& user) -> Snapshot {
    return db
        .manifest(
            "tables:\n  ratings: {time_col: rated_at, fkeys: {country_code: land}}\n  land: " +
            user + "\n")
        .open();
  };
  const Snapshot s = open("{values_of: ratings.country_code}");
  EXPECT_EQ(s.schema().table("land").rows, 25);
  EXPECT_EQ(s.schema().links.front().to_table, "land");
  EXPECT_EQ(s.schema().table("land").columns[0].evidence, Evidence::manifest);
  EXPECT_THAT(
      open("{values_of: ratings.country_code, pkey: code}").schema().table("land").primary_key,
      ElementsAre("code"));
  EXPECT_THAT(error_of([&] { open("{values_of: ratings.nation}"); }),
              AllOf(HasSubstr("values_of"), HasSubstr("ratings.nation")));
  EXPECT_THAT(error_of([&] { open("{values_of: ratings.country_code, time_col: rated_at}"); }),
              HasSubstr("first row"));
}

TEST(ValueTable, AndTimesOfParentsComeBackFromTheManifestThatIsWritten) {
  const TestDatabase db{
      kRatings,
      "CREATE TABLE orders AS SELECT i AS order_id, TIMESTAMP '2020-01-01' AS ordered_at FROM "
      "range(50) t(i)",
      "CREATE TABLE lines AS SELECT i // 3 AS order_id FROM range(150) t(i)"};
  const std::string text = write_manifest(db.open().schema());
  EXPECT_THAT(text, HasSubstr("values_of: [\"ratings.userId\"]"));
  EXPECT_THAT(text, HasSubstr("time_col: {through: [order_id]}"));
  TestDatabase again{
      kRatings,
      "CREATE TABLE orders AS SELECT i AS order_id, TIMESTAMP '2020-01-01' AS ordered_at FROM "
      "range(50) t(i)",
      "CREATE TABLE lines AS SELECT i // 3 AS order_id FROM range(150) t(i)"};
  const Snapshot s = again.manifest(text).open();
  EXPECT_EQ(s.schema().table("user").rows, 30);
  EXPECT_EQ(s.schema().table("user").time_column, "first_seen");
  EXPECT_EQ(s.schema().table("lines").time_column, "ordered_at");
}

}  // namespace
}  // namespace cenote
