// SPDX-License-Identifier: Apache-2.0
// SQLite holds values of any type in any column, and keys in its own pragmas.
#include <gmock/gmock.h>

#include <cstdlib>

#include "database/source.h"
#include "database/testing.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kNeeds = "needs python3 with its module sqlite3";

/// A SQLite file made by Python, which has SQLite built in: DuckDB's own writer keeps to the declared types.
class TestSqlite {
 public:
  TestSqlite(std::initializer_list<const char*> statements) {
    std::string script;
    for (const char* statement : statements) script += std::string(statement) + ";\n";
    write_file_atomically(folder_.path() / "script.sql", script);
    made_ = std::system(("python3 -c 'import sqlite3, sys; "
                         "sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())' '" +
                         file() + "' '" + (folder_.path() / "script.sql").string() +
                         "' >/dev/null 2>&1")
                            .c_str()) == 0;
  }
  bool made() const { return made_; }
  std::string file() const { return (folder_.path() / "x.sqlite").string(); }
  Snapshot open() const {
    SourceOptions options;
    options.source = file();
    return Snapshot::open(options, {});
  }

 private:
  TemporaryFolder folder_;
  bool made_ = false;
};

TEST(Sqlite, DeclaresKeysInItsPragmas) {
  const TestSqlite db{"CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT)",
                      "CREATE TABLE days(y INT, d INT, PRIMARY KEY (y, d)) WITHOUT ROWID",
                      "CREATE TABLE orders(id INTEGER PRIMARY KEY AUTOINCREMENT, who INT "
                      "REFERENCES CUSTOMERS, y INT, d INT, "
                      "FOREIGN KEY (y, d) REFERENCES days (y, d))",
                      "INSERT INTO customers VALUES (1, 'a'), (2, 'b')",
                      "INSERT INTO days VALUES (2020, 1)",
                      "INSERT INTO orders(who, y, d) VALUES (1, 2020, 1), (2, NULL, 1)",
                      "CREATE VIEW names AS SELECT name FROM customers"};
  if (!db.made()) GTEST_SKIP() << kNeeds;
  const Snapshot snapshot = db.open();
  EXPECT_THAT(snapshot.schema().table_names(), ElementsAre("customers", "days", "orders"));
  EXPECT_THAT(findings(snapshot, "view_left_out"), ElementsAre(HasSubstr("names")));
  EXPECT_THAT(snapshot.schema().table("days").primary_key, ElementsAre("y", "d"));
  std::vector<std::string> links;
  for (const Link& link : snapshot.schema().links)
    links.push_back(link.name() + ">" + link.to_table + "." + join_names(link.to_columns));
  EXPECT_THAT(links, ElementsAre("orders.who>customers.id", "orders.y+d>days.y, d"));
}

TEST(Sqlite, ReadsValuesThatDoNotFitTheirColumnAsMissing) {
  const TestSqlite db{"CREATE TABLE t(n INTEGER, r REAL, s TEXT, at DATE, e)",
                      "INSERT INTO t VALUES (1, 0.1, 'x', '2020-01-01', 5), ('two', 'three', 7, "
                      "'soon', 6), (3, 2, NULL, NULL, 7)"};
  if (!db.made()) GTEST_SKIP() << kNeeds;
  const Snapshot snapshot = db.open();
  EXPECT_THAT(values(snapshot, "t", "n"), ElementsAre("1", "null", "3"));
  EXPECT_THAT(values(snapshot, "t", "r"), ElementsAre("0.1", "null", "2"));
  EXPECT_THAT(values(snapshot, "t", "s"), ElementsAre("x", "7", "null"));
  EXPECT_THAT(values(snapshot, "t", "at"), ElementsAre("2020-01-01", "null", "null"));
  EXPECT_THAT(values(snapshot, "t", "e"),
              ElementsAre("5", "6", "7"));  // no declared type: what is there decides
  EXPECT_THAT(findings(snapshot, "type_mismatch"),
              ElementsAre(HasSubstr("t.n: 1 value is not of the declared type BIGINT"),
                          HasSubstr("t.r: 1 value"), HasSubstr("t.at: 1 value")));
}

TEST(Sqlite, KeepsEveryDigitWhenItReadsTexts) {
  const TestSqlite db{
      "CREATE TABLE t(id INTEGER, r REAL, big INTEGER)",
      "INSERT INTO t VALUES (1, 0.1, 9223372036854775807), (2, 1.0/3.0, -9223372036854775808), (3, "
      "'x', 0), (4, 5e-324, 1), (5, 123456789.12345679, 2)"};
  if (!db.made()) GTEST_SKIP() << kNeeds;
  const Snapshot snapshot = db.open();
  const auto columns = snapshot.read_columns("t", {"r", "big"});
  EXPECT_EQ(columns[0].reals[0], 0.1);
  EXPECT_EQ(columns[0].reals[1], 1.0 / 3.0);
  EXPECT_EQ(columns[0].reals[3], 5e-324);
  EXPECT_EQ(columns[0].reals[4], 123456789.12345679);
  EXPECT_EQ(columns[1].integers[0], INT64_MAX);
  EXPECT_EQ(columns[1].integers[1], INT64_MIN);
}

TEST(Sqlite, TimesStoredAsSecondsAreFound) {
  const TestSqlite db{"CREATE TABLE t(id INTEGER PRIMARY KEY, created TIMESTAMP)",
                      "INSERT INTO t VALUES (1, 1577836800), (2, 1577923200), (3, 1578009600)"};
  if (!db.made()) GTEST_SKIP() << kNeeds;
  const Snapshot snapshot = db.open();
  EXPECT_EQ(snapshot.schema().table("t").time_column, "created");
  EXPECT_THAT(values(snapshot, "t", "created"),
              ElementsAre("2020-01-01", "2020-01-02", "2020-01-03"));
  EXPECT_THAT(findings(snapshot, "type_mismatch"), IsEmpty());
}

TEST(Sqlite, ForeignKeysThatCannotBeUsedAreLeftOut) {
  const TestSqlite db{
      "CREATE TABLE shops(Shop_ID INTEGER PRIMARY KEY, area INT)",
      "CREATE TABLE owners(id INTEGER PRIMARY KEY)",
      "CREATE TABLE sales(SHOP_id INT REFERENCES shops(shop_id), owner INT REFERENCES "
      "owners(idOwner), area INT REFERENCES shops(area), both INT REFERENCES "
      "shops(Shop_ID) REFERENCES owners(id))",
      "INSERT INTO shops VALUES (1, 7), (2, 7)",
      "INSERT INTO owners VALUES (5)",
      "INSERT INTO sales VALUES (1, 5, 7, 5), (2, 5, 7, 5)"};
  if (!db.made()) GTEST_SKIP() << kNeeds;
  const Snapshot snapshot = db.open();
  std::vector<std::string> links;
  for (const Link& link : snapshot.schema().links)
    links.push_back(link.name() + ">" + link.to_table + "." + link.to_columns[0]);
  // Of the two of `both` the one that its values match.
  EXPECT_THAT(links, ElementsAre("sales.SHOP_id>shops.Shop_ID", "sales.both>owners.id"));
  EXPECT_THAT(
      findings(snapshot, "foreign_key_unusable"),
      testing::UnorderedElementsAre(HasSubstr("no column 'idOwner'"), HasSubstr("not unique"),
                                    HasSubstr("the foreign key to 'shops' is left out")));
}

TEST(Sqlite, ViewsAreReadWhereAManifestListsThem) {
  const TestSqlite db{"CREATE TABLE units(id INTEGER PRIMARY KEY, free BOOLEAN)",
                      "INSERT INTO units VALUES (1, 0), (2, 1)",
                      "CREATE VIEW status AS SELECT id, free AS free_yn FROM units"};
  if (!db.made()) GTEST_SKIP() << kNeeds;
  TemporaryFolder folder;
  write_file_atomically(folder.path() / "m.yaml", "tables: {status: {}}");
  SourceOptions options;
  options.source = db.file();
  options.manifest = (folder.path() / "m.yaml").string();
  const Snapshot snapshot = Snapshot::open(options, {});
  EXPECT_THAT(snapshot.schema().table_names(), ElementsAre("status"));
  EXPECT_EQ(snapshot.schema().tables[0].rows, 2);
}

}  // namespace
}  // namespace cenote
