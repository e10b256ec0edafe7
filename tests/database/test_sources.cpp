// SPDX-License-Identifier: Apache-2.0
// The same data as CSV, Parquet, DuckDB, SQLite and PostgreSQL are the same database; sources that are none.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>

#include "base/time.h"
#include "database/source.h"
#include "database/testing.h"
#include "support/postgres_server.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A shop with a key of every kind of reference, gaps, times, categories, texts and a table without key.
const std::vector<std::pair<const char*, const char*>> kShop{
    {"customers",
     "SELECT i AS customer_id, 'Customer number ' || i || ' of the shop' AS about, ['north', "
     "'south'][i % 2 + 1] AS "
     "region, "
     "TIMESTAMP '2019-01-01 12:30:00' + INTERVAL (i) HOUR AS created_at, CAST(i % 4 AS BIGINT) AS "
     "stars, "
     "CASE WHEN i > 1 AND i % 3 = 0 THEN CAST(i // 3 AS BIGINT) END AS parent_customer_id FROM "
     "range(1, 61) t(i)"},
    {"orders",
     "SELECT i AS order_id, CASE WHEN i % 10 <> 0 THEN CAST(1 + i * 7 % 60 AS BIGINT) END AS "
     "customer_id, "
     "TIMESTAMP '2020-01-01' + INTERVAL (i * 7919 % 500) HOUR AS placed_at, CAST(i * 1.25 + 0.1 AS "
     "DOUBLE) AS "
     "amount, i % 2 = 0 AS paid, "
     "'note ' || i AS note FROM range(1, 301) t(i)"},
    {"clicks",
     "SELECT CAST(1 + i * 13 % 60 AS BIGINT) AS customer_id, TIMESTAMP '2020-01-01' + INTERVAL (i) "
     "MINUTE AS clicked_at, "
     "'page' || (i % 7) AS page FROM range(0, 400) t(i)"}};

void make_shop(DuckDatabase& duck, const std::string& prefix) {
  for (const auto& [table, select] : kShop) {
    duck.execute(fmt::format("CREATE TABLE {}{} AS {}", prefix, table, select));
  }
}

/// Everything of a schema that must not depend on where the data comes from.
std::string describe(Snapshot& snapshot) {
  snapshot.infer_types(parse_time("2020-01-10"));
  std::string out;
  for (const Table& table : snapshot.schema().tables) {
    out += fmt::format("{} rows={} key={} time={}\n", table.name, table.rows,
                       join_names(table.primary_key), table.time_column);
    for (const Column& column : table.columns)
      out += fmt::format("  {} {}\n", column.name, to_string(column.type));
  }
  for (const Link& link : snapshot.schema().links) {
    out += fmt::format("{} -> {}.{} {}\n", link.name(), link.to_table, join_names(link.to_columns),
                       link.matched_fraction);
  }
  return out;
}

std::string describe(const std::string& source, const std::string& manifest = "") {
  SourceOptions options;
  options.source = source;
  options.manifest = manifest;
  Snapshot snapshot = Snapshot::open(options, {});
  return describe(snapshot);
}

/// The label query that a task would ask, and every value of a table.
std::string answers(const std::string& source) {
  SourceOptions options;
  options.source = source;
  const Snapshot snapshot = Snapshot::open(options, {});
  std::string out;
  for (const char* sql :
       {"SELECT customer_id, sum(amount) FROM orders WHERE placed_at > TIMESTAMP '2020-01-05' "
        "GROUP BY 1 ORDER BY 1",
        "SELECT * FROM orders ORDER BY order_id", "SELECT * FROM customers ORDER BY customer_id"}) {
    const QueryResult result = snapshot.query(sql);
    for (int64_t i = 0; i < result.rows; ++i) {
      for (const ColumnData& column : result.columns) out += value_text(column, i) + "|";
      out += "\n";
    }
  }
  return out;
}

class Sources : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>("cenote-sources");
    DuckDatabase duck(path("shop.duckdb"), {});
    make_shop(duck, "");
    std::filesystem::create_directories(path("csv"));
    std::filesystem::create_directories(path("parquet"));
    for (const auto& [table, select] : kShop) {
      duck.execute(fmt::format("COPY {0} TO '{1}/{0}.csv'", table, path("csv")));
      duck.execute(fmt::format("COPY {0} TO '{1}/{0}.parquet'", table, path("parquet")));
    }
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string path(const std::string& name) { return (folder_->path() / name).string(); }
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> Sources::folder_;

TEST_F(Sources, DuckDbIsUnderstoodWithoutAnyDeclaration) {
  const std::string found = describe(path("shop.duckdb"));
  EXPECT_THAT(found, HasSubstr("customers rows=60 key=customer_id time=created_at"));
  EXPECT_THAT(found, HasSubstr("orders rows=300 key=order_id time=placed_at"));
  EXPECT_THAT(found, HasSubstr("clicks rows=400 key= time=clicked_at"));
  EXPECT_THAT(found, HasSubstr("clicks.customer_id -> customers.customer_id 1\n"));
  EXPECT_THAT(found, HasSubstr("customers.parent_customer_id -> customers.customer_id 1\n"));
  EXPECT_THAT(found, HasSubstr("orders.customer_id -> customers.customer_id 1\n"));
  EXPECT_THAT(found, HasSubstr("  about text"));
  EXPECT_THAT(found, HasSubstr("  region category"));
  EXPECT_THAT(found, HasSubstr("  amount number"));
  EXPECT_THAT(found, HasSubstr("  paid boolean"));
}

TEST_F(Sources, CsvAndParquetAreTheSame) {
  const std::string expected = describe(path("shop.duckdb"));
  EXPECT_EQ(describe(path("csv")), expected);
  EXPECT_EQ(describe(path("parquet")), expected);
  EXPECT_EQ(answers(path("csv")), answers(path("shop.duckdb")));
  EXPECT_EQ(answers(path("parquet")), answers(path("shop.duckdb")));
}

TEST_F(Sources, SqliteIsTheSame) {
  {
    DuckDatabase duck({}, {});
    load_extension(duck, "sqlite_scanner");
    duck.execute(fmt::format("ATTACH '{}' AS lite (TYPE sqlite)", path("shop.sqlite")));
    make_shop(duck, "lite.");
  }
  EXPECT_EQ(describe(path("shop.sqlite")), describe(path("shop.duckdb")));
  // SQLite has no booleans: they are 0 and 1 there, which a select shows and the types above do not.
  const std::string orders = answers(path("shop.sqlite"));
  EXPECT_THAT(orders, HasSubstr("|1.35|0|note 1|"));
}

TEST_F(Sources, PostgresIsTheSameAndKeepsItsPassword) {
  const PostgresServer server;
  if (!server.why().empty()) GTEST_SKIP() << server.why();
  {
    DuckDatabase duck({}, {});
    load_extension(duck, "postgres_scanner");
    duck.execute("ATTACH '" + server.url() + "' AS pg (TYPE postgres)");
    make_shop(duck, "pg.public.");
    const auto run = [&](const std::string& sql) {
      duck.execute("CALL postgres_execute('pg', " + quote_literal(sql) + ")");
    };
    EXPECT_EQ(describe(server.url()), describe(path("shop.duckdb")));
    EXPECT_EQ(answers(server.url()), answers(path("shop.duckdb")));
    // Declared keys come from its catalogue: composite, to another schema, of partitions.
    run("ALTER TABLE customers ADD PRIMARY KEY (customer_id)");
    run("ALTER TABLE orders ADD PRIMARY KEY (order_id), ADD CONSTRAINT buyer FOREIGN KEY "
        "(customer_id) REFERENCES customers");
    run("CREATE TABLE sums (id int, plain numeric, money numeric(12,2), big numeric(20,0))");
    run("INSERT INTO sums VALUES (1, 12345678901234567890.5, 0.1, 123456789012345678), "
        "(2, 'NaN', 'NaN', 'NaN')");
    run("CREATE SCHEMA other");
    run("CREATE TABLE other.days (y int, d int, PRIMARY KEY (y, d))");
    run("CREATE TABLE parts (at date, y int, d int, mood text, FOREIGN KEY (y, d) REFERENCES "
        "other.days) PARTITION BY RANGE (at)");
    run("CREATE TABLE parts_2020 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO "
        "('2021-01-01')");
    run("INSERT INTO other.days VALUES (2020, 1)");
    run("INSERT INTO parts VALUES ('2020-05-05', 2020, 1, 'fine')");
  }
  SourceOptions options;
  options.source = server.url();
  const Snapshot snapshot = Snapshot::open(options, {});
  EXPECT_THAT(snapshot.schema().table_names(),
              ElementsAre("clicks", "customers", "orders", "other.days", "parts", "sums"));
  // Numerics to the last digit; not a number is no number.
  EXPECT_EQ(snapshot.read_columns("sums", {"plain"})[0].reals[0], 12345678901234567890.5);
  EXPECT_THAT(values(snapshot, "sums", "plain")[1], "null");
  EXPECT_THAT(values(snapshot, "sums", "money"), ElementsAre("0.1", "null"));
  EXPECT_THAT(values(snapshot, "sums", "big"), ElementsAre("123456789012345678", "null"));
  std::vector<std::string> links;
  for (const Link& link : snapshot.schema().links)
    links.push_back(link.name() + ">" + link.to_table);
  EXPECT_THAT(links, ElementsAre("orders.customer_id>customers", "parts.y+d>other.days"));
  EXPECT_EQ(snapshot.schema().table("orders").columns[0].evidence, Evidence::catalogue);
  // No message shows the password, neither as written nor decoded.
  options.source =
      fmt::format("postgres://tester:wrong%2Fsecret@127.0.0.1:{}/postgres", server.port());
  const std::string error = error_of([&] { Snapshot::open(options, {}); });
  EXPECT_THAT(error, AllOf(HasSubstr("cannot open 'postgres://tester:***@127.0.0.1"),
                           HasSubstr("password authentication failed"), Not(HasSubstr("wrong"))));
}

TEST_F(Sources, UnderOneManifestTheyAreOneDatabase) {
  const std::string manifest = path("shop.yaml");
  write_file_atomically(
      manifest,
      "name: shop\ntables:\n  customers: {pkey: customer_id, time_col: created_at, fkeys: {}}\n"
      "  orders: {pkey: order_id, time_col: placed_at, fkeys: {customer_id: customers}}\n");
  const std::string expected = describe(path("shop.duckdb"), manifest);
  EXPECT_THAT(expected, Not(HasSubstr("clicks")));
  EXPECT_EQ(describe(path("csv"), manifest), expected);
  EXPECT_EQ(describe(path("parquet"), manifest), expected);
}

TEST_F(Sources, AreSaidInTheManifestToo) {
  write_file_atomically(path("everywhere.yaml"),
                        "name: mixed\nsource: shop.duckdb\ntables:\n  customers: {}\n  orders: "
                        "{source: csv/orders.csv}\n"
                        "  visits: {source: parquet/clicks.parquet}\n");
  const std::string found = describe(path("everywhere.yaml"));
  EXPECT_THAT(found, AllOf(HasSubstr("customers rows=60"), HasSubstr("orders rows=300"),
                           HasSubstr("visits rows=400"),
                           HasSubstr("visits.customer_id -> customers.customer_id")));
}

TEST_F(Sources, OfRelBenchVersion2KeepTheirKeysInTheFiles) {
  std::filesystem::create_directories(path("v2/db"));
  DuckDatabase duck({}, {});
  make_shop(duck, "");
  duck.execute(
      fmt::format("COPY customers TO '{}' (KV_METADATA {{fkey_col_to_pkey_table: '{{}}', pkey_col: "
                  "'\"customer_id\"', time_col: 'null'}})",
                  path("v2/db/customers.parquet")));
  duck.execute(
      fmt::format("COPY orders TO '{}' (KV_METADATA {{fkey_col_to_pkey_table: '{{\"customer_id\": "
                  "\"customers\"}}', pkey_col: 'null', "
                  "time_col: '\"placed_at\"'}})",
                  path("v2/db/orders.parquet")));
  SourceOptions options;
  options.source = path("v2");
  options.val_timestamp = "2020-01-05";
  options.test_timestamp = "2020-01-08";
  const Snapshot snapshot = Snapshot::open(options, {});
  EXPECT_EQ(snapshot.schema().table("customers").time_column, "");  // declared to have none
  EXPECT_THAT(snapshot.schema().table("orders").primary_key, ElementsAre());
  EXPECT_EQ(snapshot.schema().table("orders").time_column, "placed_at");
  EXPECT_EQ(snapshot.schema().val_timestamp, parse_time("2020-01-05"));
  ASSERT_EQ(snapshot.schema().links.size(), 1u);
  EXPECT_EQ(snapshot.schema().links[0].evidence, Evidence::catalogue);
  EXPECT_EQ(snapshot.folder(), std::filesystem::path(path("v2")));
}

TEST_F(Sources, ThatAreNone) {
  const auto error = [](const std::string& source) {
    SourceOptions options;
    options.source = source;
    return error_of([&] { Snapshot::open(options, {}); });
  };
  EXPECT_THAT(error(""), HasSubstr("bad_input: no source given"));
  EXPECT_THAT(error(path("absent")), AllOf(HasSubstr("not_found: there is no '"),
                                           HasSubstr("a source is a dataset folder")));
  std::filesystem::create_directories(path("empty"));
  EXPECT_THAT(error(path("empty")), HasSubstr("holds no CSV or Parquet file"));
  write_file_atomically(path("letter.txt"), "Dear Sir or Madam,");
  EXPECT_THAT(error(path("letter.txt")),
              HasSubstr("bad_input: '" + path("letter.txt") + "' is no database"));
  write_file_atomically(path("broken.parquet"), "PAR1 and then nothing");
  EXPECT_THAT(error(path("broken.parquet")),
              AllOf(HasSubstr("cannot read table 'broken'"), HasSubstr("broken.parquet")));
  write_file_atomically(path("broken.duckdb"),
                        std::string("\0\0\0\0\0\0\0\0DUCK", 12) + std::string(100, 'x'));
  EXPECT_THAT(error(path("broken.duckdb")), HasSubstr("cannot open '" + path("broken.duckdb")));
  write_file_atomically(path("broken.sqlite"), "SQLite format 3\0 but no more");
  EXPECT_THAT(error(path("broken.sqlite")), HasSubstr("broken.sqlite"));
  EXPECT_THAT(
      error("mysql://root:secret@host/db"),
      AllOf(HasSubstr("unsupported"), HasSubstr("root:***@host"), Not(HasSubstr("secret"))));
  EXPECT_THAT(error("/dev/null"), HasSubstr("is neither a file nor a folder"));
}

TEST(DisplaySource, HidesPasswords) {
  EXPECT_EQ(display_source("postgres://user:pass@host:5432/db"),
            "postgres://user:***@host:5432/db");
  EXPECT_EQ(display_source("postgres://user:p@ss@host/db"), "postgres://user:***@host/db");
  EXPECT_EQ(display_source("postgres://user@host/db?password=pass&sslmode=require"),
            "postgres://user@host/db?password=***&sslmode=require");
  EXPECT_EQ(display_source("postgres://host:5432/db"), "postgres://host:5432/db");
  EXPECT_EQ(display_source("postgres://u:p/ss@host/db"), "postgres://u:***@host/db");
  EXPECT_EQ(display_source("postgres://host:5432/a@b"), "postgres://host:5432/a@b");
  EXPECT_EQ(display_source("postgres://host/db?sslpassword=a&password=b"),
            "postgres://host/db?sslpassword=***&password=***");
  EXPECT_EQ(display_source("postgres://host/db?pass%77ord=a"), "postgres://host/db?pass%77ord=***");
  EXPECT_EQ(display_source("examples/f1"), "examples/f1");
}

TEST(StoredSource, HasNoPassword) {
  for (const char* const url :
       {"postgres://u:p@host/db?a=1", "postgres://u:p@ss@host/db?a=1",
        "postgres://u:p:s@host/db?a=1", "postgres://u:p%40s@host/db?a=1",
        "postgres://u@host/db?password=p&a=1", "postgres://u@host/db?a=1&password=p",
        "postgres://u@host/db?sslpassword=p&password=q&a=1",
        "postgres://u:p@host/db?password=p&a=1&sslpassword=q"}) {
    EXPECT_EQ(without_password(url), "postgres://u@host/db?a=1") << url;
  }
  EXPECT_EQ(without_password("postgres://u:p@host/db?password=q"), "postgres://u@host/db");
  EXPECT_EQ(without_password("postgres://host:5432/db"), "postgres://host:5432/db");
  EXPECT_EQ(without_password("data/a:b@c"), "data/a:b@c");
}

}  // namespace
}  // namespace cenote
