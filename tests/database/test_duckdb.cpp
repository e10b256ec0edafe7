// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "base/time.h"
#include "database/duckdb.h"
#include "database/settings.h"
#include "database/testing.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(DuckDatabase, ReadsEveryTypeOfAResult) {
  const DuckDatabase duck({}, {});
  const QueryResult r = duck.query(
      "SELECT 1::TINYINT AS a, -2::BIGINT AS b, 18446744073709551615::UBIGINT AS c, "
      "1.25::DECIMAL(5,2) AS d, 1.25::DECIMAL(38,20) AS e, "
      "0.5::FLOAT AS f, 'text that is longer than twelve bytes' AS g, true AS h, DATE '1970-01-02' "
      "AS i, TIMESTAMP_NS '1970-01-01 00:00:00.000000001' AS j, "
      "TIMESTAMP_S '1970-01-01 00:00:01' AS k, NULL AS l, 'infinity'::TIMESTAMP AS m, "
      "CAST('170141183460469231731687303715884105727' AS HUGEINT) AS n");
  EXPECT_EQ(r.rows, 1);
  EXPECT_EQ(r.columns[0].integers[0], 1);
  EXPECT_EQ(r.columns[1].integers[0], -2);
  EXPECT_EQ(r.columns[2].reals[0], 18446744073709551615.0);
  EXPECT_EQ(r.columns[3].reals[0], 1.25);
  EXPECT_EQ(r.columns[4].reals[0], 1.25);
  EXPECT_EQ(r.columns[5].reals[0], 0.5);
  EXPECT_EQ(r.columns[6].text(0), "text that is longer than twelve bytes");
  EXPECT_EQ(r.columns[7].integers[0], 1);
  EXPECT_EQ(r.columns[8].integers[0], kMicrosPerDay);
  EXPECT_EQ(r.columns[9].integers[0], 1);
  EXPECT_EQ(r.columns[10].integers[0], kMicrosPerSecond);
  EXPECT_FALSE(r.columns[11].is_valid(0));
  EXPECT_EQ(r.columns[12].integers[0], kTimeNever);
  EXPECT_EQ(r.columns[13].reals[0], 0x1p127);
  EXPECT_EQ(r.find("G"), 6);
  EXPECT_EQ(r.find("z"), -1);
}

TEST(DuckDatabase, StreamsManyChunks) {
  const DuckDatabase duck({}, {});
  const QueryResult r = duck.query(
      "SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'v' || i END AS t FROM range(100000) t(i) "
      "ORDER BY i");
  ASSERT_EQ(r.rows, 100'000);
  EXPECT_EQ(r.columns[0].integers[99'999], 99'999);
  EXPECT_EQ(r.columns[1].text(99'998), "v99998");
  EXPECT_FALSE(r.columns[1].is_valid(99'999));
}

TEST(DuckDatabase, ErrorsAreOneLineWithoutTheStatement) {
  const DuckDatabase duck({}, {});
  const std::string error = error_of([&] { duck.query("SELECT nothing\nFROM nowhere"); });
  EXPECT_THAT(error,
              AllOf(HasSubstr("database: Catalog Error: Table with name nowhere does not exist"),
                    Not(HasSubstr("\n"))));
  EXPECT_THAT(error_of([&] { duck.query("SELECT [1] AS x"); }),
              HasSubstr("unsupported: column 'x' of the result"));
  // An error in the middle of a stream is an error, not the end of the rows.
  EXPECT_THAT(error_of([&] {
                duck.query(
                    "SELECT CAST(CASE WHEN i = 50000 THEN 'x' ELSE '1' END AS INT) FROM "
                    "range(100000) t(i)");
              }),
              HasSubstr("Conversion Error"));
}

TEST(DuckDatabase, HidesSecrets) {
  DuckDatabase duck({}, {});
  duck.hide("hunter2");
  EXPECT_THAT(error_of([&] { duck.query("SELECT * FROM hunter2"); }),
              AllOf(HasSubstr("***"), Not(HasSubstr("hunter2"))));
}

TEST(DuckDatabase, StopsWhenItIsAskedTo) {
  DuckDatabase duck({}, {{"threads", "1"}});
  int asked = 0;
  duck.ask([&] { return ++asked > 3; });
  // Alone these would take hours: an aggregate before the first row, and rows without end.
  EXPECT_EQ(error_of([&] {
              duck.query("SELECT sum(a.i * b.i) FROM range(10000000) a(i), range(10000000) b(i)");
            }),
            "cancelled: cancelled");
  asked = 0;
  EXPECT_EQ(error_of([&] {
              duck.select_only("SELECT a.i FROM range(10000000) a(i), range(10000000) b(i)");
            }),
            "cancelled: cancelled");
  asked = 0;
  EXPECT_EQ(error_of([&] {
              duck.execute(
                  "CREATE TABLE t AS SELECT a.i FROM range(10000000) a(i), "
                  "range(10000000) b(i) WHERE a.i + b.i < 0");
            }),
            "cancelled: cancelled");
  duck.ask({});
  EXPECT_EQ(duck.integer("SELECT count(*) FROM duckdb_tables()"), 0);  // it can be used on
}

TEST(LockedDatabase, CannotBeUnlocked) {
  const TestDatabase db{"CREATE TABLE t AS SELECT 1 AS x"};
  const DuckDatabase locked = open_locked(db.file(), db.folder() / "spill");
  EXPECT_EQ(locked.integer("SELECT x FROM t"), 1);
  for (const char* sql :
       {"SET enable_external_access = true", "SET threads = 8", "SET lock_configuration = false",
        "RESET lock_configuration", "PRAGMA enable_external_access", "INSERT INTO t VALUES (2)",
        "CREATE TABLE u(x INT)", "ATTACH ':memory:' AS m; CREATE TABLE m.t(x INT)",
        "COPY t TO '/tmp/cenote_should_not_be_there.csv'",
        "EXPORT DATABASE '/tmp/cenote_should_not_be_there'", "LOAD sqlite_scanner",
        "INSTALL httpfs", "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_blob('/etc/hostname')",
        "SELECT * FROM parquet_metadata('/etc/hostname')",
        "SELECT * FROM sniff_csv('/etc/hostname')",
        "CREATE TEMP TABLE x AS SELECT * FROM read_csv('/etc/passwd')"}) {
    EXPECT_NE(error_of([&] { locked.execute(sql); }), "") << sql;
  }
  EXPECT_FALSE(std::filesystem::exists("/tmp/cenote_should_not_be_there.csv"));
  EXPECT_EQ(locked.text("SELECT CAST(TIMESTAMPTZ '2020-01-01 00:00:00+00' AS VARCHAR)"),
            "2020-01-01 00:00:00+00");  // not the machine's zone
}

TEST(LockedDatabase, SpillsInsteadOfFailing) {
  const TestDatabase db{
      "CREATE TABLE t AS SELECT i, 'a rather long text to sort by ' || hash(i) AS s FROM "
      "range(1000) t(i)"};
  const DuckDatabase locked = open_locked(db.file(), db.folder() / "spill");
  EXPECT_EQ(locked.integer("SELECT count(*) FROM (SELECT * FROM t ORDER BY s)"), 1000);
}

}  // namespace
}  // namespace cenote
