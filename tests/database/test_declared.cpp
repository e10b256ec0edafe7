// SPDX-License-Identifier: Apache-2.0
// A type that a manifest declares is how the column is read, whatever it is stored as.
#include <gmock/gmock.h>

#include "base/time.h"
#include "database/testing.h"
#include "schema/manifest.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Column& column_of(const Snapshot& snapshot, const std::string& name) {
  const Table& table = snapshot.schema().table("t");
  return table.columns[static_cast<size_t>(table.find_column(name))];
}

TEST(DeclaredTypes, OfAWrittenManifestGiveTheSameColumns) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT i AS id, TIMESTAMP '2020-01-01' + INTERVAL (i) DAY AS seen, "
      "CAST(DATE '1980-01-01' + CAST(i AS INT) AS VARCHAR) AS shipped, i * 0.5 AS amount, "
      "'remark ' || i || ' of many words' AS remark, i % 3 AS kind FROM range(60) r(i)"};
  Snapshot first = db.open();
  first.infer_types(kTimeNever);
  db.manifest(write_manifest(first.schema()));
  Snapshot again = db.open();
  again.infer_types(kTimeNever);
  for (const Column& column : first.schema().table("t").columns) {
    EXPECT_EQ(column_of(again, column.name).type, column.type) << column.name;
    EXPECT_EQ(column_of(again, column.name).storage, column.storage) << column.name;
    EXPECT_EQ(values(again, "t", column.name), values(first, "t", column.name)) << column.name;
  }
  EXPECT_EQ(column_of(again, "shipped").storage, StorageType::time);
  EXPECT_THAT(findings(again, "type_mismatch"), IsEmpty());
}

TEST(DeclaredTypes, CountTheValuesThatDoNotFit) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT * FROM (VALUES ('2020-01-01', 'a', 'yes', 20200101), ('soon', "
      "'b', '?', 20201350), (NULL, NULL, NULL, NULL)) v(w, n, b, d)"};
  db.manifest(
      "tables: {t: {pkey: null, time_col: null, columns: {w: timestamp, n: number, b: boolean, d: "
      "timestamp}}}");
  const Snapshot snapshot = db.open();
  EXPECT_THAT(values(snapshot, "t", "w"), ElementsAre("2020-01-01", "null", "null"));
  EXPECT_THAT(values(snapshot, "t", "d"), ElementsAre("2020-01-01", "null", "null"));
  EXPECT_THAT(
      findings(snapshot, "type_mismatch"),
      ElementsAre("t.w: 1 of 2 values are not of the declared type timestamp, such as 'soon'; read "
                  "as missing",
                  "t.n: all of 2 values are not of the declared type number, such as 'a'; read as "
                  "missing",
                  "t.b: 1 of 2 values are not of the declared type boolean, such as '?'; read as "
                  "missing",
                  HasSubstr("t.d: 1 value is no time of the years 1800 to 2200 as dates written "
                            "YYYYMMDD")));
}

TEST(DeclaredTypes, ReadAnythingAsText) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT 7 AS i, 1.5::DOUBLE AS r, true AS b, TIMESTAMP '2020-01-01' AS s"};
  db.manifest("tables: {t: {time_col: null, columns: {i: text, r: text, b: text, s: text}}}");
  const Snapshot snapshot = db.open();
  for (const char* name : {"i", "r", "b", "s"})
    EXPECT_EQ(column_of(snapshot, name).storage, StorageType::utf8) << name;
  EXPECT_THAT(values(snapshot, "t", "i"), ElementsAre("7"));
  EXPECT_THAT(values(snapshot, "t", "s"), ElementsAre("2020-01-01 00:00:00"));
}

TEST(DeclaredTypes, OfACsvFileKeepTheTextAsItWasWritten) {
  const TemporaryFolder folder("cenote-declared");
  write_file_atomically(folder.path() / "t.csv", "x,y\n1.50,2020-01-02\n2.00,later\n");
  write_file_atomically(
      folder.path() / "manifest.yaml",
      "tables: {t: {pkey: null, time_col: null, columns: {x: text, y: timestamp}}}");
  SourceOptions options;
  options.source = folder.path().string();
  const Snapshot snapshot = Snapshot::open(options, {});
  EXPECT_THAT(values(snapshot, "t", "x"), ElementsAre("1.50", "2.00"));
  EXPECT_THAT(values(snapshot, "t", "y"), ElementsAre("2020-01-02", "null"));
}

TEST(DeclaredTypes, ThatCannotBeNameTableAndColumn) {
  TestDatabase db{"CREATE TABLE t AS SELECT 1.5::DOUBLE AS r, TIMESTAMP '2020-01-01' AS s"};
  db.manifest("tables: {t: {columns: {r: timestamp}}}");
  EXPECT_THAT(db.open_error(),
              HasSubstr("bad_schema: column 't.r' is declared as timestamp, but it holds DOUBLE"));
  db.manifest("tables: {t: {time_col: null, columns: {s: boolean}}}");
  EXPECT_THAT(db.open_error(), HasSubstr("column 't.s' is declared as boolean"));
}

TEST(DeclaredTypes, LeaveKeysAndTheTimeColumnAlone) {
  TestDatabase db{"CREATE TABLE t AS SELECT 7 AS id, 'soon' AS seen"};
  db.manifest("tables: {t: {pkey: id, time_col: seen, columns: {id: text, seen: timestamp}}}");
  EXPECT_THAT(db.open_error(), HasSubstr("time column 'seen' is no time in row 1 (id = 7)"));
  db.manifest("tables: {t: {pkey: id, time_col: null, columns: {id: text}}}");
  EXPECT_EQ(column_of(db.open(), "id").storage, StorageType::int64);
}

}  // namespace
}  // namespace cenote
