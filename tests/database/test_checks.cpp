// SPDX-License-Identifier: Apache-2.0
// What a schema may look like and what is done about faults in it: error, counted warning or plain right.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "database/testing.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Checks, DatabaseWithoutTables) {
  EXPECT_THAT(TestDatabase().open_error(),
              AllOf(HasSubstr("bad_schema"), HasSubstr("has no tables")));
}

TEST(Checks, TableWithoutKey) {
  const TestDatabase db{"CREATE TABLE clicks(page VARCHAR, n INT)"};
  EXPECT_THAT(findings(db.open(), "no_primary_key"), ElementsAre(HasSubstr("clicks.")));
}

const char* const kTwice = "tables: {t: {pkey: id, time_col: seen}}";

TEST(Checks, DuplicatePrimaryKeyIsAnErrorWithAnExample) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT * FROM (VALUES (1, DATE '2020-01-02', 'a'), (2, DATE '2020-01-01', "
      "'b'), "
      "(1, DATE '2020-01-01', 'c'), (1, DATE '2020-01-01', 'd')) v(id, seen, x)"};
  db.manifest(kTwice);
  EXPECT_THAT(
      db.open_error(),
      AllOf(HasSubstr("bad_schema: table 't': primary key id is not unique: id = 1 has 3 rows"),
            HasSubstr("2 rows too many"), HasSubstr("--on-duplicate-key first")));
}

TEST(Checks, FirstOfDuplicatesDoesNotDependOnTheOrderOfTheRows) {
  const char* const rows[] = {"(1, DATE '2020-01-02', 'a')",    "(1, DATE '2020-01-01', 'c')",
                              "(2, DATE '2020-01-01', 'b')",    "(1, DATE '2020-01-01', 'd')",
                              "(NULL, DATE '2020-01-01', 'e')", "(NULL, DATE '2020-01-01', 'f')"};
  for (int turn = 0; turn < 6; ++turn) {
    std::string values;
    for (int i = 0; i < 6; ++i)
      values += std::string(i == 0 ? "" : ", ") + rows[(i * 5 + turn) % 6];
    const std::string sql =
        "CREATE TABLE t AS SELECT * FROM (VALUES " + values + ") v(id, seen, x)";
    TestDatabase db{sql.c_str()};
    db.manifest(kTwice);
    const Snapshot snapshot = db.open("first");
    EXPECT_EQ(snapshot.schema().table("t").rows, 4);
    const QueryResult kept = snapshot.query("SELECT string_agg(x, '' ORDER BY x) FROM t");
    EXPECT_EQ(value_text(kept.columns[0], 0), "bcef");  // rows without a key are no duplicates
    EXPECT_THAT(
        findings(snapshot, "duplicate_key"),
        ElementsAre(AllOf(HasSubstr("2 rows"), HasSubstr("id = 1"), HasSubstr("by time (seen)"))));
  }
}

TEST(Checks, NullPrimaryKeyIsKeptAndCounted) {
  TestDatabase db{"CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (NULL, 'b')) v(id, x)"};
  db.manifest("tables: {t: {pkey: id}}");
  const Snapshot snapshot = db.open();
  EXPECT_EQ(snapshot.schema().table("t").rows, 2);
  EXPECT_THAT(findings(snapshot, "null_key"), ElementsAre(HasSubstr("1 row without primary key")));
}

TEST(Checks, CompositeKeys) {
  const TestDatabase db{
      "CREATE TABLE shelves(house INT, number VARCHAR, PRIMARY KEY (house, number))",
      "CREATE TABLE items(id INT PRIMARY KEY, house INT, shelf VARCHAR, "
      "FOREIGN KEY (house, shelf) REFERENCES shelves(house, number))",
      "INSERT INTO shelves VALUES (1, 'a'), (1, 'b'), (2, 'a')",
      "INSERT INTO items VALUES (1, 1, 'b'), (2, 2, NULL)"};
  const Snapshot snapshot = db.open();
  ASSERT_EQ(snapshot.schema().links.size(), 1u);
  const Link& link = snapshot.schema().links[0];
  EXPECT_EQ(link.name(), "items.house+shelf");
  EXPECT_THAT(link.to_columns, ElementsAre("house", "number"));
  EXPECT_EQ(link.evidence, Evidence::catalogue);
  EXPECT_EQ(link.matched_fraction, 1);  // a reference with a part missing is no reference
  EXPECT_THAT(findings(snapshot, "dangling_reference"), IsEmpty());
  EXPECT_EQ(snapshot.schema().table("shelves").columns[1].type, ColumnType::key);
}

TEST(Checks, LinkToAUniqueColumnThatIsNotThePrimaryKey) {
  TestDatabase db{"CREATE TABLE p AS SELECT * FROM (VALUES (1, 'x'), (2, 'y')) v(id, code)",
                  "CREATE TABLE c AS SELECT * FROM (VALUES ('x'), ('x'), ('z'), (NULL)) v(p_code)"};
  db.manifest("tables: {p: {pkey: id}, c: {fkeys: {p_code: {references: p, to: [code]}}}}");
  const Snapshot snapshot = db.open();
  EXPECT_DOUBLE_EQ(snapshot.schema().links[0].matched_fraction, 2.0 / 3.0);
  EXPECT_THAT(findings(snapshot, "dangling_reference"),
              ElementsAre(AllOf(HasSubstr("c.p_code: 1 of 3 references (33.3 %)"),
                                HasSubstr("p_code = z"))));
}

TEST(Checks, LinkToAColumnThatIsNotUnique) {
  TestDatabase db{"CREATE TABLE p AS SELECT * FROM (VALUES (1, 'x'), (2, 'x')) v(id, code)",
                  "CREATE TABLE c(p_code VARCHAR)"};
  db.manifest("tables: {p: {pkey: id}, c: {fkeys: {p_code: {references: p, to: [code]}}}}");
  EXPECT_THAT(db.open_error(),
              AllOf(HasSubstr("bad_schema: link c.p_code"),
                    HasSubstr("p(code), which is not unique: code = x has 2 rows")));
}

TEST(Checks, LinksInCyclesAndToTheSameTable) {
  TestDatabase db{
      "CREATE TABLE a(id INT, b_id INT, boss INT, twin INT)", "CREATE TABLE b(id INT, a_id INT)",
      "INSERT INTO a VALUES (1, 1, 2, 1), (2, NULL, 1, 2)", "INSERT INTO b VALUES (1, 2)"};
  db.manifest(
      "tables: {a: {pkey: id, fkeys: {b_id: b, boss: a, twin: a}}, b: {pkey: id, fkeys: {a_id: "
      "a}}}");
  std::vector<std::string> names;
  const Snapshot snapshot = db.open();
  for (const Link& link : snapshot.schema().links)
    names.push_back(link.name() + ">" + link.to_table);
  EXPECT_THAT(names, ElementsAre("a.b_id>b", "a.boss>a", "a.twin>a", "b.a_id>a"));
}

TEST(Checks, EmptyAndTinyTables) {
  TestDatabase db{"CREATE TABLE none(id INT PRIMARY KEY, seen TIMESTAMP)",
                  "CREATE TABLE one(id INT PRIMARY KEY)", "INSERT INTO one VALUES (7)"};
  Snapshot snapshot = db.open();
  snapshot.infer_types(INT64_MAX);
  EXPECT_EQ(snapshot.schema().table("none").rows, 0);
  EXPECT_EQ(snapshot.schema().table("none").time_column, "seen");
  EXPECT_THAT(values(snapshot, "one", "id"), ElementsAre("7"));
  EXPECT_THAT(values(snapshot, "none", "seen"), IsEmpty());
}

TEST(Checks, ManyColumnsAndTables) {
  std::string wide = "CREATE TABLE wide AS SELECT 1 AS c0";
  for (int i = 1; i < 600; ++i) wide += fmt::format(", {} AS c{}", i, i);
  TestDatabase db{wide.c_str()};
  {
    DuckDatabase duck(db.file(), {});
    for (int i = 0; i < 60; ++i)
      duck.execute(fmt::format("CREATE TABLE t{} AS SELECT {} AS id", i, i));
  }
  Snapshot snapshot = db.open();
  snapshot.infer_types(INT64_MAX);
  EXPECT_EQ(snapshot.schema().tables.size(), 61u);
  EXPECT_EQ(snapshot.schema().table("wide").columns.size(), 600u);
}

TEST(Checks, NamesThatLookLikeSql) {
  const std::string nasty = "x\"; DROP TABLE \"y\";--";
  const std::string sql = "CREATE TABLE " + quote_identifier(nasty) + " (" +
                          quote_identifier("a \"b\"'") + " INT, \"SELECT\" INT, \"größe 🐟\" INT, " +
                          quote_identifier("line\nbreak") + " INT)";
  const std::string insert = "INSERT INTO " + quote_identifier(nasty) + " VALUES (1, 2, 3, 4)";
  const TestDatabase db{"CREATE TABLE y(id INT)", sql.c_str(), insert.c_str()};
  Snapshot snapshot = db.open();
  snapshot.infer_types(INT64_MAX);
  EXPECT_THAT(snapshot.schema().table_names(), ElementsAre(nasty, "y"));
  EXPECT_THAT(values(snapshot, nasty, "a \"b\"'"), ElementsAre("1"));
  EXPECT_THAT(values(snapshot, nasty, "größe 🐟"), ElementsAre("3"));
  EXPECT_THAT(values(snapshot, nasty, "line\nbreak"), ElementsAre("4"));
}

TEST(Checks, OneTableNameInTwoSchemas) {
  const TestDatabase db{"CREATE SCHEMA other", "CREATE TABLE t(id INT PRIMARY KEY)",
                        "CREATE TABLE other.t(id INT PRIMARY KEY)",
                        "CREATE TABLE other.c(t_id INT REFERENCES other.t(id))"};
  const Snapshot snapshot = db.open();
  EXPECT_THAT(snapshot.schema().table_names(), ElementsAre("other.c", "other.t", "t"));
  ASSERT_EQ(snapshot.schema().links.size(), 1u);
  EXPECT_EQ(snapshot.schema().links[0].to_table, "other.t");
}

TEST(Checks, ViewsAreReadWhereTheyAreListedAndBrokenOnesAreNamed) {
  TestDatabase db{"CREATE TABLE t AS SELECT 1 AS id",
                  "CREATE VIEW v AS SELECT id + 1 AS id FROM t"};
  EXPECT_THAT(db.open().schema().table_names(), ElementsAre("t"));
  EXPECT_THAT(findings(db.open(), "view_left_out"), ElementsAre(HasSubstr("v.: a view")));
  db.manifest("tables: {v: {}}");
  EXPECT_THAT(values(db.open(), "v", "id"), ElementsAre("2"));
  {
    DuckDatabase duck(db.file(), {});
    duck.execute("ALTER TABLE t RENAME TO u");
  }
  EXPECT_THAT(db.open_error(), AllOf(HasSubstr("cannot read table 'v'"), HasSubstr("test.duckdb")));
}

TEST(Checks, KeysOfOtherTypes) {
  TestDatabase db{"CREATE TABLE p AS SELECT * FROM (VALUES (1), (20)) v(id)",
                  "CREATE TABLE c AS SELECT * FROM (VALUES ('1', 20.0::DOUBLE), (' 20', 1), (NULL, "
                  "NULL)) v(t, f)",
                  "CREATE TABLE d AS SELECT 3.5 AS p_id"};
  db.manifest("tables: {p: {pkey: id}, c: {fkeys: {t: p, f: p}}}");
  const Snapshot snapshot = db.open();
  EXPECT_THAT(values(snapshot, "c", "t"), ElementsAre("1", "20", "null"));
  EXPECT_EQ(snapshot.read_columns("c", {"f"})[0].type, StorageType::int64);
  EXPECT_THAT(findings(snapshot, "key_type_cast"),
              ElementsAre(HasSubstr("c.t: utf8 values refer to a key of 'p' that is int64")));
  db.manifest("tables: {p: {pkey: id}, d: {pkey: null, fkeys: {p_id: p}}}");
  EXPECT_THAT(db.open_error(),
              AllOf(HasSubstr("bad_schema: link d.p_id"), HasSubstr("such as '3.5' (row 1)")));
}

TEST(Checks, KeysThatCannotBeTheSame) {
  TestDatabase db{"CREATE TABLE p AS SELECT 1 AS id",
                  "CREATE TABLE c AS SELECT 'abc' AS p_id, DATE '2020-01-01' AS day, [1] AS list"};
  db.manifest("tables: {p: {pkey: id}, c: {fkeys: {p_id: p}}}");
  EXPECT_THAT(db.open_error(),
              AllOf(HasSubstr("'c.p_id' holds texts such as 'abc' (row 1"), HasSubstr("int64")));
  db.manifest("tables: {p: {pkey: id}, c: {fkeys: {day: p}}}");
  EXPECT_THAT(db.open_error(), HasSubstr("'c.day' holds time but 'p' is referred to by int64"));
  db.manifest("tables: {p: {pkey: id}, c: {fkeys: {list: p}}}");
  EXPECT_THAT(db.open_error(), HasSubstr("'c.list' cannot be a key: a list is not read"));
  db.manifest("tables: {p: {pkey: id}, c: {pkey: list}}");
  EXPECT_THAT(db.open_error(), HasSubstr("table 'c': 'list' cannot be a key"));
}

TEST(Checks, ManifestThatNamesWhatIsNotThere) {
  TestDatabase db{"CREATE TABLE p AS SELECT 1 AS id, 2 AS other",
                  "CREATE TABLE c AS SELECT 1 AS p_id"};
  const auto error = [&](const std::string& text) { return db.manifest(text).open_error(); };
  EXPECT_THAT(error("tables: {q: {}}"),
              AllOf(HasSubstr("m.yaml: tables.q: the source has no table 'q'"), HasSubstr("c, p")));
  EXPECT_THAT(error("tables: {p: {pkey: idd}}"),
              AllOf(HasSubstr("table 'p' has no column 'idd'"), HasSubstr("'id'")));
  EXPECT_THAT(error("tables: {p: {pkey: id, time_col: seen}}"),
              HasSubstr("table 'p' has no time column 'seen'"));
  EXPECT_THAT(error("tables: {p: {columns: {x: number}}}"),
              HasSubstr("table 'p' has no column 'x'"));
  EXPECT_THAT(error("tables: {p: {pkey: id}, c: {fkeys: {p_id: q}}}"),
              HasSubstr("references a table 'q' that is not there"));
  EXPECT_THAT(error("tables: {p: {pkey: null}, c: {fkeys: {p_id: p}}}"),
              HasSubstr("which has no primary key"));
  EXPECT_THAT(error("tables: {p: {pkey: [id, other]}, c: {fkeys: {p_id: p}}}"),
              HasSubstr("has 1 column but the key of 'p' has 2"));
  EXPECT_THAT(error("tables: {p: {pkey: id}, c: {fkeys: {x: {columns: [p_id], references: p}, y: "
                    "{columns: [p_id], references: c, to: [p_id]}}}}"),
              HasSubstr("two links from the same column: c.p_id"));
}

}  // namespace
}  // namespace cenote
