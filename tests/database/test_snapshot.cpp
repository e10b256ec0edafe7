// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "base/files.h"
#include "base/time.h"
#include "database/duckdb.h"
#include "database/snapshot.h"
#include "database/testing.h"

namespace cenote {
namespace {

using testing::HasSubstr;

const char* const kManifest = R"(
name: shop
manifest_version: 1
description: 'A shop.'
val_timestamp: '2021-01-01'
test_timestamp: '2021-06-01'
tables:
  orders:
    pkey: order_id
    time_col: placed
    fkeys: {customer_id: customers}
  customers:
    pkey: customer_id
    time_col: null
    fkeys: {}
)";

/// A dataset folder: two tables, one dangling and one missing reference; keys with gaps as floats.
class SnapshotTest : public testing::Test {
 protected:
  void SetUp() override {
    write_file_atomically(folder() / "manifest.yaml", kManifest);
    std::filesystem::create_directory(folder() / "db");
    DuckDatabase duck({}, {});
    duck.execute(
        "CREATE TABLE customers AS SELECT 10 * i AS customer_id, 'name ' || i AS name, i % 2 = 0 "
        "AS active "
        "FROM range(1, 5) t(i)");
    duck.execute(
        "CREATE TABLE orders AS SELECT i AS order_id, "
        "CASE WHEN i = 3 THEN NULL WHEN i = 4 THEN 99.0 ELSE 10.0 * (i % 4 + 1) END AS "
        "customer_id, "
        "TIMESTAMP '2020-01-01' + INTERVAL (i) DAY AS placed, CAST(i AS DECIMAL(9, 2)) / 4 AS "
        "amount, "
        "CASE WHEN i = 5 THEN 'nan'::DOUBLE ELSE i END AS score FROM range(0, 8) t(i)");
    for (const char* table : {"customers", "orders"}) {
      duck.execute(
          fmt::format("COPY {} TO '{}'", table, (folder() / "db" / table).string() + ".parquet"));
    }
  }
  const std::filesystem::path& folder() const { return folder_.path(); }
  Snapshot open() const {
    SourceOptions options;
    options.source = folder().string();
    return Snapshot::open(options, {});
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(SnapshotTest, ReadsADatasetFolder) {
  const Snapshot snapshot = open();
  const Schema& schema = snapshot.schema();
  EXPECT_EQ(schema.name, "shop");
  EXPECT_EQ(schema.val_timestamp, parse_time("2021-01-01"));
  EXPECT_THAT(schema.table_names(), testing::ElementsAre("customers", "orders"));
  const Table& orders = schema.table("orders");
  EXPECT_THAT(orders.primary_key, testing::ElementsAre("order_id"));
  EXPECT_EQ(orders.time_column, "placed");
  EXPECT_EQ(orders.rows, 8);
  ASSERT_EQ(schema.links.size(), 1u);
  EXPECT_EQ(schema.links[0].name(), "orders.customer_id");
  EXPECT_THAT(schema.links[0].to_columns, testing::ElementsAre("customer_id"));
  EXPECT_DOUBLE_EQ(schema.links[0].matched_fraction, 6.0 / 7.0);
}

TEST_F(SnapshotTest, GivesKeysOneTypeAndCountsWhatIsWrong) {
  const Snapshot snapshot = open();
  const auto columns = snapshot.read_columns("orders", {"customer_id", "score"});
  EXPECT_EQ(columns[0].type, StorageType::int64);
  EXPECT_FALSE(columns[0].is_valid(3));
  EXPECT_EQ(columns[0].integers[4], 99);
  EXPECT_FALSE(columns[1].is_valid(5));
  EXPECT_EQ(columns[1].reals[7], 7.0);
  EXPECT_THAT(snapshot.findings(),
              testing::Contains(testing::Field(&Finding::code, "dangling_reference")));
  EXPECT_THAT(snapshot.findings(),
              testing::Contains(testing::Field(&Finding::code, "not_a_number")));
}

TEST_F(SnapshotTest, RunsOneSelectOverTemporaryTables) {
  const Snapshot snapshot = open();
  for (int round = 0; round < 2; ++round) {  // what setup made is gone afterwards
    const QueryResult result = snapshot.query(
        "SELECT t.timestamp, count(*) AS n FROM timestamps t JOIN orders o ON o.placed <= "
        "t.timestamp GROUP BY 1 ORDER BY 1",
        {"CREATE TEMP TABLE timestamps AS SELECT TIMESTAMP '2020-01-03' AS timestamp"});
    ASSERT_EQ(result.rows, 1);
    EXPECT_EQ(result.columns[0].integers[0], parse_time("2020-01-03"));
    EXPECT_EQ(result.columns[static_cast<size_t>(result.find("N"))].integers[0], 3);
  }
  EXPECT_THAT(error_of([&] { snapshot.query("SELECT * FROM timestamps"); }),
              HasSubstr("timestamps"));
}

TEST_F(SnapshotTest, RefusesEverythingThatIsNoSelect) {
  const Snapshot snapshot = open();
  for (const char* sql :
       {"SELECT 1; SELECT 2", "DROP TABLE orders", "CREATE TEMP TABLE x AS SELECT 1",
        "COPY orders TO 'x.csv'", "ATTACH 'x.db'", "PRAGMA database_list", "SET threads = 4",
        "INSTALL httpfs", "LOAD httpfs", "CALL pragma_version()", "EXPLAIN SELECT 1", "",
        "INSERT INTO orders VALUES (1)", "SELECT ?", "CHECKPOINT", "USE main", "VACUUM",
        "RESET threads"}) {
    EXPECT_NE(error_of([&] { snapshot.query(sql); }), "") << sql;
  }
  for (const char* sql :
       {"SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'",
        "SELECT getenv('HOME')", "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_parquet('/etc/passwd')",
        "WITH x AS (DELETE FROM orders) SELECT 1"}) {
    EXPECT_NE(error_of([&] { snapshot.query(sql); }), "") << sql;
  }
}

TEST_F(SnapshotTest, InfersTypesFromVisibleRowsOnly) {
  Snapshot snapshot = open();
  snapshot.infer_types(parse_time("2020-01-01"));  // one order is visible: everything is constant
  const Table& before = snapshot.schema().table("orders");
  EXPECT_EQ(before.columns[3].type, ColumnType::ignored);
  snapshot.infer_types(kTimeNever);
  const Table& after = snapshot.schema().table("orders");
  EXPECT_EQ(after.columns[0].type, ColumnType::key);
  EXPECT_EQ(after.columns[1].type, ColumnType::key);
  EXPECT_EQ(after.columns[2].type, ColumnType::timestamp);
  EXPECT_EQ(after.columns[3].type, ColumnType::number);
}

TEST_F(SnapshotTest, LeavesTheSourceAndTheSystemAsTheyWere) {
  const auto list = [&] {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
      std::error_code error;
      out.push_back(entry.path().string() + " " +
                    std::to_string(entry.is_regular_file()
                                       ? std::filesystem::file_size(entry.path(), error)
                                       : 0));
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  const auto before = list();
  { const Snapshot snapshot = open(); }
  EXPECT_EQ(list(), before);
}

TEST_F(SnapshotTest, OutlivesItsSource) {
  const Snapshot snapshot = open();
  std::filesystem::remove_all(folder() / "db");
  EXPECT_EQ(snapshot.query("SELECT count(*) FROM orders").columns[0].integers[0], 8);
}

TEST_F(SnapshotTest, TellsWarningsAndProgressAndCanBeStopped) {
  std::vector<std::string> warnings;
  int reports = 0;
  Hooks hooks;
  hooks.warning = [&](const std::string& code, const std::string& message) {
    warnings.push_back(code + ": " + message);
  };
  hooks.progress = [&](const Progress& progress) { reports += progress.phase == "open"; };
  SourceOptions options;
  options.source = folder().string();
  Snapshot::open(options, hooks);
  EXPECT_THAT(warnings,
              testing::Contains(HasSubstr("dangling_reference: orders.customer_id: 1 of 7")));
  EXPECT_GE(reports, 2);
  hooks.cancelled = [] { return true; };
  EXPECT_THAT(error_of([&] { Snapshot::open(options, hooks); }), HasSubstr("cancelled"));
}

TEST_F(SnapshotTest, SplitTimesCanBeGiven) {
  SourceOptions options;
  options.source = folder().string();
  options.val_timestamp = "2021-02-01";
  EXPECT_EQ(Snapshot::open(options, {}).schema().val_timestamp, parse_time("2021-02-01"));
  options.val_timestamp = "2022-02-01";
  EXPECT_THAT(error_of([&] { Snapshot::open(options, {}); }),
              HasSubstr("the test would begin 2021-06-01 before validation (2022-02-01)"));
  options.val_timestamp = "soon";
  EXPECT_THAT(error_of([&] { Snapshot::open(options, {}); }),
              HasSubstr("--val-timestamp: 'soon' is no time"));
}

}  // namespace
}  // namespace cenote
