// SPDX-License-Identifier: Apache-2.0
// Keys, links and time columns that nothing declares.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "database/infer.h"
#include "database/source.h"
#include "database/testing.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> links(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Link& link : snapshot.schema().links) out.push_back(link.name() + ">" + link.to_table);
  return out;
}

TEST(InferKeys, NeedANameAndUniqueValues) {
  const TestDatabase db{
      "CREATE TABLE users AS SELECT i AS score, i * 3 AS user_id, 1000 - i AS other_id FROM "
      "range(20) t(i)",
      "CREATE TABLE twice AS SELECT i // 2 AS id FROM range(20) t(i)",
      "CREATE TABLE gaps AS SELECT nullif(i, 3) AS id FROM range(20) t(i)",
      "CREATE TABLE counts AS SELECT i AS n FROM range(20) t(i)",
      "CREATE TABLE words AS SELECT 'w' || i AS code FROM range(20) t(i)"};
  const Snapshot s = db.open();
  EXPECT_THAT(s.schema().table("users").primary_key, ElementsAre("user_id"));
  EXPECT_THAT(s.schema().table("twice").primary_key, IsEmpty());
  EXPECT_THAT(s.schema().table("gaps").primary_key, IsEmpty());
  EXPECT_THAT(s.schema().table("counts").primary_key, IsEmpty());
  EXPECT_THAT(s.schema().table("words").primary_key, ElementsAre("code"));
  const Column& key = s.schema().table("users").columns[1];
  EXPECT_EQ(key.evidence, Evidence::inferred);
  EXPECT_GT(key.confidence, 0.9);
  EXPECT_THAT(key.reason, HasSubstr("20 rows, all different"));
}

TEST(InferKeys, AreLessSureOfTwoRows) {
  const TestDatabase db{"CREATE TABLE t AS SELECT i AS id FROM range(2) t(i)"};
  EXPECT_LT(db.open().schema().table("t").columns[0].confidence, 0.7);
}

TEST(InferLinks, NeedNamesAndContainedValues) {
  const TestDatabase db{
      "CREATE TABLE teams AS SELECT i AS team_id FROM range(10) t(i)",
      "CREATE TABLE users AS SELECT i AS Id, i // 2 AS ManagerId FROM range(100) t(i)",
      "CREATE TABLE matches AS SELECT i AS match_id, i % 10 AS home_team_id, (i + 1) % 10 AS "
      "away_team_id, i % 10 AS points FROM range(50) t(i)",
      "CREATE TABLE posts AS SELECT 500 + i AS Id, CASE WHEN i % 7 <> 0 THEN CAST(i % 100 AS "
      "DOUBLE) END AS OwnerUserId, "
      "CASE WHEN i > 5 THEN 500 + i // 2 END AS ParentId, 100000 + i AS external_user_id FROM "
      "range(200) t(i)"};
  const Snapshot s = db.open();
  EXPECT_THAT(links(s), ElementsAre("matches.away_team_id>teams", "matches.home_team_id>teams",
                                    "posts.OwnerUserId>users", "posts.ParentId>posts",
                                    "users.ManagerId>users"));
  EXPECT_EQ(s.read_columns("posts", {"OwnerUserId"})[0].type,
            StorageType::int64);  // was a float, because of its gaps
  for (const Link& link : s.schema().links) {
    EXPECT_EQ(link.evidence, Evidence::inferred);
    EXPECT_THAT(link.reason, HasSubstr("100 % of the values are found there"));
  }
}

TEST(InferLinks, OfAKeyThatIsNamedLikeNoTableNeedMostOfOneTablesKeys) {
  const TestDatabase db{
      "CREATE TABLE users AS SELECT i AS id FROM range(100) t(i)",
      "CREATE TABLE orders AS SELECT i AS id FROM range(1000) t(i)",
      "CREATE TABLE couples AS SELECT i AS id, i % 90 AS friend_id, i % 30 AS box_id, i % 90 AS "
      "points, i + 50 AS "
      "far_id FROM range(200) t(i)",
      // Either of these may be meant.
      "CREATE TABLE cars AS SELECT 5000 + i AS id FROM range(100) t(i)",
      "CREATE TABLE bikes AS SELECT 5000 + i AS id FROM range(120) t(i)",
      "CREATE TABLE rides AS SELECT i AS id, 5000 + i % 100 AS vehicle_id FROM range(300) t(i)"};
  const Snapshot s = db.open();
  // What refers to no table gets one of its values.
  EXPECT_THAT(links(s), ElementsAre("couples.box_id>box", "couples.friend_id>users",
                                    "rides.vehicle_id>vehicle"));
  EXPECT_THAT(s.schema().links[1].reason, HasSubstr("90 % of the keys there"));
}

TEST(InferLinks, OfTpcHAreAllFoundAndNoOther) {
  const TemporaryFolder folder("cenote-tpch");
  const std::string file = (folder.path() / "tpch.duckdb").string();
  {
    DuckDatabase duck(file, {});
    try {
      load_extension(duck, "tpch");
    } catch (const Error& e) {
      GTEST_SKIP() << e.what();
    }
    duck.execute("CALL dbgen(sf = 0.002)");
  }
  SourceOptions options;
  options.source = file;
  EXPECT_THAT(links(Snapshot::open(options, {})),
              ElementsAre("customer.c_nationkey>nation", "lineitem.l_orderkey>orders",
                          "lineitem.l_partkey>part", "lineitem.l_suppkey>supplier",
                          "nation.n_regionkey>region", "orders.o_custkey>customer",
                          "partsupp.ps_partkey>part", "partsupp.ps_suppkey>supplier",
                          "supplier.s_nationkey>nation"));
}

TEST(InferLinks, TolerateSomeDanglingReferences) {
  const TestDatabase db{"CREATE TABLE users AS SELECT i AS id FROM range(90) t(i)",
                        "CREATE TABLE posts AS SELECT i AS user_id FROM range(100) t(i)"};
  const Snapshot s = db.open();
  ASSERT_THAT(links(s), ElementsAre("posts.user_id>users"));
  EXPECT_NEAR(s.schema().links[0].confidence, 0.9, 0.001);
  EXPECT_THAT(findings(s, "dangling_reference"),
              ElementsAre(HasSubstr("10 of 100 references (10.0 %)")));
}

TEST(InferLinks, AreNotAddedToADatabaseThatDeclaresItsOwn) {
  const TestDatabase db{"CREATE TABLE users(id INT PRIMARY KEY)",
                        "CREATE TABLE posts(id INT PRIMARY KEY, user_id INT REFERENCES users)",
                        "CREATE TABLE notes(user_id INT)", "INSERT INTO users VALUES (1)",
                        "INSERT INTO notes VALUES (1)"};
  EXPECT_THAT(links(db.open()), ElementsAre("posts.user_id>users"));
}

TEST(InferLinks, FillInWhatAManifestLeavesOpen) {
  TestDatabase db{"CREATE TABLE users AS SELECT i AS id FROM range(9) t(i)",
                  "CREATE TABLE posts AS SELECT i AS id, i AS user_id FROM range(9) t(i)",
                  "CREATE TABLE notes AS SELECT i AS user_id FROM range(9) t(i)"};
  db.manifest("tables: {users: {}, posts: {fkeys: {}}, notes: {}}");
  EXPECT_THAT(links(db.open()), ElementsAre("notes.user_id>users"));
}

std::string time_column(const std::string& columns) {
  const std::string sql = "CREATE TABLE t AS SELECT " + columns + " FROM range(30) r(i)";
  const TestDatabase db{sql.c_str()};
  return db.open().schema().table("t").time_column;
}

TEST(InferTime, PrefersWhenTheRowHappened) {
  const std::string day = "DATE '2020-01-01' + CAST(i AS INT)";
  EXPECT_EQ(
      time_column(day + " AS updated_at, " + day + " AS created_at, " + day + " AS delivered_on"),
      "created_at");
  EXPECT_EQ(time_column(day + " AS shipped_date, " + day + " AS order_date"), "order_date");
  EXPECT_EQ(time_column(day + " AS birth_date"), "");
  EXPECT_EQ(time_column(day + " AS dob, " + day + " AS due_date"), "");
  EXPECT_EQ(time_column(day + " AS x"), "x");
  EXPECT_EQ(
      time_column("CASE WHEN i % 3 = 0 THEN " + day + " END AS created_at, " + day + " AS date"),
      "date");
}

TEST(InferTime, ReadsTextsAndNumbersOnlyUnderANameThatSaysTime) {
  EXPECT_EQ(time_column("'2020-01-0' || (1 + i % 9) AS order_date"), "order_date");
  EXPECT_EQ(time_column("'2020-01-0' || (1 + i % 9) AS remark"), "");
  EXPECT_EQ(time_column("'day ' || i AS order_date"), "");
  EXPECT_EQ(time_column("1577836800 + i AS timestamp"), "timestamp");
  EXPECT_EQ(time_column("1577836800 + i AS population"), "");
  EXPECT_EQ(time_column("i AS time"), "");
  EXPECT_EQ(time_column("1990 + i AS date"), "");
}

TEST(InferStructure, DoesNotDependOnTheOrderOfTheRows) {
  const char* const sql =
      "CREATE TABLE posts AS SELECT i AS id, i % 40 AS user_id, TIMESTAMP '2020-01-01' + INTERVAL "
      "(i) HOUR AS seen, "
      "'word ' || (i % 30) AS title FROM range(300) t(i) ORDER BY hash(i + {})";
  std::string expected;
  for (int turn = 0; turn < 3; ++turn) {
    const std::string posts = fmt::format(fmt::runtime(sql), turn);
    const TestDatabase db{"CREATE TABLE users AS SELECT i AS id FROM range(40) t(i)",
                          posts.c_str()};
    Snapshot s = db.open();
    s.infer_types(INT64_MAX);
    std::string found;
    for (const Table& table : s.schema().tables) {
      found += table.name + " " + table.time_column + "\n";
      for (const Column& c : table.columns)
        found += fmt::format("{} {} {} {}\n", c.name, to_string(c.type), c.confidence, c.reason);
    }
    for (const Link& link : s.schema().links) found += link.name() + link.reason + "\n";
    if (turn == 0) expected = found;
    EXPECT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace cenote
