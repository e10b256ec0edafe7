// SPDX-License-Identifier: Apache-2.0
// A task's SQL may come from anyone: it reads the snapshot's tables and does nothing else.
#include <gmock/gmock.h>

#include "testing.h"

namespace cenote {
namespace {

class RefusedSql : public testing::TestWithParam<std::string> {};

TEST_P(RefusedSql, AndNothingHappens) {
  const Shop shop;
  const std::string before = read_file(shop.path() + "/db/orders.csv");
  std::string sql = GetParam();
  for (size_t at; (at = sql.find("FOLDER")) != std::string::npos;) sql.replace(at, 6, shop.path());
  const std::string refusal = shop.refusal("regression", sql);
  EXPECT_THAT(refusal, testing::MatchesRegex("(bad_input|database): task 'spot', train labels: .*"))
      << sql;
  EXPECT_EQ(read_file(shop.path() + "/db/orders.csv"), before);
  EXPECT_FALSE(std::filesystem::exists(shop.path() + "/out.csv"));
  EXPECT_FALSE(std::filesystem::exists(shop.path() + "/out.db"));
}

INSTANTIATE_TEST_SUITE_P(
    Sql, RefusedSql,
    testing::Values(
        // Files
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_blob('/etc/hostname')", "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_parquet('FOLDER/x.parquet')", "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_json('FOLDER/manifest.yaml')", "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM 'FOLDER/db/orders.csv'",
        "SELECT * FROM parquet_metadata('FOLDER/x.parquet')",
        "SELECT * FROM query('SELECT * FROM read_csv(''/etc/passwd'')')",
        "COPY orders TO 'FOLDER/out.csv'", "COPY (SELECT 1) TO 'FOLDER/out.csv'",
        "EXPORT DATABASE 'FOLDER/out.db'", "IMPORT DATABASE 'FOLDER'",
        // Other databases, extensions, settings
        "ATTACH 'FOLDER/out.db'", "DETACH snapshot", "USE memory", "INSTALL httpfs", "LOAD httpfs",
        "SELECT * FROM read_csv('https://example.com/x.csv')", "PRAGMA database_list",
        "PRAGMA enable_external_access = true", "SET enable_external_access = true",
        "RESET threads", "CALL pragma_version()", "SELECT getenv('HOME') AS y",
        "CREATE SECRET s (TYPE http)",
        // Writing
        "INSERT INTO orders SELECT * FROM orders", "DELETE FROM orders",
        "UPDATE orders SET amount = 0", "DROP TABLE orders", "CREATE TABLE x AS SELECT 1",
        "CREATE TEMP TABLE x AS SELECT 1", "CREATE OR REPLACE VIEW orders AS SELECT 1",
        "ALTER TABLE orders ADD COLUMN z INTEGER", "TRUNCATE orders",
        "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x", "CREATE SEQUENCE s", "VACUUM",
        "CHECKPOINT", "BEGIN TRANSACTION", "ROLLBACK",
        // Several statements, none, no SQL, parameters
        "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE orders", "DROP TABLE orders; SELECT 1", ";",
        "-- nothing", "'; DROP TABLE orders; --", "SELEC 1", "SELECT ? AS y", "EXPLAIN SELECT 1",
        "PREPARE p AS SELECT 1", "SELECT * FROM no_such_table",
        "SELECT error('no') AS y FROM timestamps"));

TEST(SqlSafety, TheNextTaskFindsNothingOfTheLast) {
  const Shop shop;
  EXPECT_NE(shop.refusal("regression", "SELECT error('no') AS y FROM timestamps"), "");
  shop.add_forecast("bad", "regression", "SELECT error('no') AS y FROM timestamps");
  shop.add_forecast("good", "regression", per_customer("sum(amount)"));
  const Snapshot opened = shop.open();
  EXPECT_NE(error_of([&] { make_labels(load_task("bad", opened), opened, {}); }), "");
  EXPECT_EQ(make_labels(load_task("good", opened), opened, {}).train.size(), 14);
  EXPECT_EQ(opened.query("SELECT count(*) FROM orders").columns[0].integers[0], 24);
  EXPECT_NE(error_of([&] { opened.query("SELECT * FROM timestamps"); }), "");
}

TEST(SqlSafety, NamesAreQuoted) {
  const Shop shop;
  shop.write("db/odd; DROP TABLE x --.csv", "k,when is it\n1,2020-01-01\n");
  shop.write("manifest.yaml",
             "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
             "  customers: {pkey: id, time_col: null, fkeys: {}}\n"
             "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n"
             "  'odd; DROP TABLE x --': {pkey: k, time_col: when is it, fkeys: {}}\n");
  EXPECT_EQ(
      shop.labels("regression", per_customer("(SELECT count(*) FROM \"odd; DROP TABLE x --\")"))
          .val.size(),
      4);
}

TEST(SqlSafety, SeedTimesHideATableOfTheirName) {
  const Shop shop;
  shop.write("db/timestamps.csv", "k,timestamp\n1,2020-01-01\n");
  shop.write("manifest.yaml",
             "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
             "  customers: {pkey: id, time_col: null, fkeys: {}}\n"
             "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n"
             "  timestamps: {pkey: k, time_col: timestamp, fkeys: {}}\n");
  EXPECT_EQ(shop.labels("regression", per_customer("1")).val.size(), 4);
}

}  // namespace
}  // namespace cenote
