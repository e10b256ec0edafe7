// SPDX-License-Identifier: Apache-2.0
// Every DuckDB type as one of the five canonical ones, or ignored with a reason; times to the microsecond.
#include <gmock/gmock.h>

#include "base/time.h"
#include "database/testing.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// The only value of the only column of a table that a SELECT makes.
struct Made {
  StorageType storage;
  std::string value;
};
Made make(const std::string& expression) {
  const std::string sql = "CREATE TABLE t AS SELECT " + expression + " AS x";
  TestDatabase db{sql.c_str()};
  db.manifest("tables: {t: {pkey: null, time_col: null, fkeys: {}}}");
  const Snapshot snapshot = db.open();
  return {snapshot.schema().table("t").columns[0].storage, values(snapshot, "t", "x")[0]};
}

TEST(Types, OfWholeNumbers) {
  for (const char* type : {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT",
                           "UINTEGER", "UBIGINT", "HUGEINT"}) {
    const Made made = make("CAST(100 AS " + std::string(type) + ")");
    EXPECT_EQ(made.storage, StorageType::int64) << type;
    EXPECT_EQ(made.value, "100") << type;
  }
  EXPECT_EQ(make("CAST('-9223372036854775808' AS BIGINT)").value, "-9223372036854775808");
  EXPECT_EQ(make("CAST('9223372036854775807' AS HUGEINT)").value, "9223372036854775807");
  EXPECT_EQ(make("CAST('18446744073709551615' AS UBIGINT)").storage, StorageType::float64);
  EXPECT_EQ(make("CAST('123456789012345678' AS DECIMAL(18, 0))").value, "123456789012345678");
}

TEST(Types, OfKeysBeyond64Bits) {
  TestDatabase db{
      "CREATE TABLE p AS SELECT CAST('18446744073709551615' AS UBIGINT) AS id UNION ALL SELECT "
      "18446744073709551614",
      "CREATE TABLE c AS SELECT CAST('18446744073709551614' AS UBIGINT) AS p_id"};
  db.manifest("tables: {p: {pkey: id}, c: {fkeys: {p_id: p}}}");
  const Snapshot snapshot = db.open();  // as floats the two keys would be one
  EXPECT_THAT(values(snapshot, "p", "id"),
              ElementsAre("18446744073709551615", "18446744073709551614"));
  EXPECT_EQ(snapshot.schema().links[0].matched_fraction, 1);
}

TEST(Types, OfRealNumbers) {
  EXPECT_EQ(make("CAST(1.5 AS DECIMAL(38, 20))").value, "1.5");
  EXPECT_EQ(make("CAST(0.1 AS DOUBLE)").value, "0.1");
  EXPECT_EQ(make("CAST(0.5 AS FLOAT)").storage, StorageType::float64);
  EXPECT_EQ(make("CAST('-0.0' AS DOUBLE)").value, "0");
  EXPECT_EQ(make("CAST('1e308' AS DOUBLE)").value, "1e+308");
  EXPECT_EQ(make("CAST('5e-324' AS DOUBLE)").value, "5e-324");
}

TEST(Types, OfNumbersThatAreNone) {
  const TestDatabase db{
      "CREATE TABLE t AS SELECT unnest(['nan'::DOUBLE, 'inf', '-inf', 1, NULL]) AS x"};
  const Snapshot snapshot = db.open();
  EXPECT_THAT(values(snapshot, "t", "x"), ElementsAre("null", "null", "null", "1", "null"));
  EXPECT_THAT(findings(snapshot, "not_a_number"),
              ElementsAre("t.x: 3 values NaN or infinite; read as missing"));
}

TEST(Types, OfTexts) {
  EXPECT_EQ(make("'a' || chr(0) || 'b'").value, std::string("a\0b", 3));
  EXPECT_EQ(make("CAST('sad' AS ENUM('ok', 'sad'))").value, "sad");
  EXPECT_EQ(make("CAST('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' AS UUID)").value,
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(make("repeat('ä', 100000)").value.size(), 200'000u);
  EXPECT_EQ(make("true").storage, StorageType::boolean);
}

TEST(Types, OfTimes) {
  EXPECT_EQ(make("DATE '2020-02-29'").value, "2020-02-29");
  EXPECT_EQ(make("TIMESTAMP '2020-01-01 12:00:00.000001'").value, "2020-01-01 12:00:00.000001");
  EXPECT_EQ(make("TIMESTAMP_S '1969-12-31 23:59:59'").value, "1969-12-31 23:59:59");
  EXPECT_EQ(make("TIMESTAMP_MS '2020-01-01 00:00:00.001'").value, "2020-01-01 00:00:00.001");
  EXPECT_EQ(make("TIMESTAMPTZ '2020-01-01 00:00:00+02'").value, "2019-12-31 22:00:00");
  EXPECT_EQ(make("TIMESTAMP '0001-01-01'").value, "0001-01-01");
  EXPECT_EQ(make("TIMESTAMP '290000-01-01'").value, "290000-01-01");
}

TEST(Types, OfNanosecondsRoundUp) {
  EXPECT_EQ(make("TIMESTAMP_NS '2020-01-01 00:00:00.000000001'").value,
            "2020-01-01 00:00:00.000001");
  EXPECT_EQ(make("TIMESTAMP_NS '2020-01-01 00:00:00.000001'").value, "2020-01-01 00:00:00.000001");
  EXPECT_EQ(make("TIMESTAMP_NS '1969-12-31 23:59:59.999999999'").value, "1970-01-01");
  EXPECT_EQ(make("TIMESTAMP_NS '1969-12-31 23:59:59.999998001'").value,
            "1969-12-31 23:59:59.999999");
}

TEST(Types, WithoutAMeaningAreIgnoredAndListed) {
  const TestDatabase db{
      "CREATE TABLE t AS SELECT 1 AS id, TIME '10:00' AS a, INTERVAL 1 DAY AS b, 'x'::BLOB AS c, "
      "[1] AS d, {'k': 1} AS e, "
      "MAP {'k': 1} AS f, '1'::BIT AS g, '{}'::JSON AS h, [[1]]::INT[1][1] AS i"};
  Snapshot snapshot = db.open();
  snapshot.infer_types(kTimeNever);
  const Table& table = snapshot.schema().table("t");
  for (size_t i = 1; i < table.columns.size(); ++i) {
    EXPECT_EQ(table.columns[i].type, ColumnType::ignored) << table.columns[i].name;
    EXPECT_THAT(table.columns[i].reason, HasSubstr("is not read"));
  }
  EXPECT_EQ(findings(snapshot, "type_not_read").size(), table.columns.size() - 1);
  EXPECT_THAT(error_of([&] { snapshot.read_columns("t", {"d"}); }),
              HasSubstr("unsupported: column 't.d' cannot be read"));
  EXPECT_EQ(snapshot.query("SELECT len(d) FROM t").columns[0].integers[0],
            1);  // SQL may still use them
}

TEST(Types, DeclaredByTheManifest) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT * FROM (VALUES ('1.5', 'yes', 7, [1, 2], 1), ('x', 'N', 8, [3], "
      "1), (NULL, '?', 9, NULL, 1)) v(n, b, c, l, s)"};
  db.manifest(
      "tables: {t: {columns: {n: number, b: boolean, c: category, l: {type: category}, s: {ignore: "
      "not used}}}}");
  Snapshot snapshot = db.open();
  snapshot.infer_types(kTimeNever);
  EXPECT_THAT(values(snapshot, "t", "n"), ElementsAre("1.5", "null", "null"));
  EXPECT_THAT(values(snapshot, "t", "b"), ElementsAre("true", "false", "null"));
  EXPECT_THAT(values(snapshot, "t", "l"), ElementsAre("[1, 2]", "[3]", "null"));
  const Table& table = snapshot.schema().table("t");
  EXPECT_EQ(table.columns[2].type, ColumnType::category);
  EXPECT_EQ(table.columns[2].evidence, Evidence::manifest);
  EXPECT_EQ(table.columns[4].reason, "not used");
}

TEST(TimeColumn, MayNotBeInfiniteOrTooLarge) {
  for (const char* value : {"'infinity'::TIMESTAMP", "'-infinity'::TIMESTAMP", "'infinity'::DATE",
                            "'infinity'::TIMESTAMPTZ", "'5000000-01-01'::DATE"}) {
    const std::string sql = std::string(
                                "CREATE TABLE t AS SELECT 1 AS id, TIMESTAMP '2020-01-01' AS seen "
                                "UNION ALL SELECT 7, ") +
                            value;
    const std::string typed =
        std::string("CREATE TABLE t AS SELECT 7 AS id, ") + value + " AS seen";
    TestDatabase db{typed.c_str()};
    db.manifest("tables: {t: {pkey: id, time_col: seen}}");
    EXPECT_THAT(
        db.open_error(),
        HasSubstr("table 't': time column 'seen' is infinite or does not fit in row 1 (id = 7)"))
        << value;
  }
}

TEST(TimeColumn, IsReadFromTextsAndNumbers) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT '2020-01-01T02:00:00+02:00' AS a, 1577836800 AS b, 1577836800000 "
      "AS c, DATE '2020-01-01' AS d, 'soon' AS e, true AS f"};
  for (const char* column : {"a", "b", "c", "d"}) {
    db.manifest(std::string("tables: {t: {pkey: null, time_col: ") + column + "}}");
    EXPECT_THAT(values(db.open(), "t", column), ElementsAre("2020-01-01")) << column;
  }
  db.manifest("tables: {t: {time_col: d}}");
  EXPECT_THAT(findings(db.open(), "date_as_time"),
              ElementsAre(HasSubstr("t.d: a date: its rows count from midnight")));
  db.manifest("tables: {t: {time_col: c}}");
  EXPECT_THAT(findings(db.open(), "numeric_time"), ElementsAre(HasSubstr("read as milliseconds")));
  db.manifest("tables: {t: {time_col: e}}");
  EXPECT_THAT(
      db.open_error(),
      HasSubstr("bad_input: table 't': time column 'e' is no time in row 1: 'soon' (1 such row)"));
  db.manifest("tables: {t: {time_col: f}}");
  EXPECT_THAT(db.open_error(), HasSubstr("time column 'f' has type BOOLEAN"));
  db.manifest("tables: {t: {time_col: a, columns: {a: {ignore: x}}}}");
  EXPECT_THAT(db.open_error(), HasSubstr("time column 'a' is ignored by the manifest"));
}

TEST(OtherTimes, MayBeInfiniteAndAreThenMissing) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT unnest(['infinity'::TIMESTAMP, '2020-01-01', '-infinity']) AS x"};
  db.manifest("tables: {t: {time_col: null}}");
  const Snapshot snapshot = db.open();
  EXPECT_THAT(values(snapshot, "t", "x"), ElementsAre("null", "2020-01-01", "null"));
  EXPECT_THAT(findings(snapshot, "infinite_time"), Contains(HasSubstr("2 values infinite")));
}

TEST(InferTypes, LooksOnlyAtVisibleRows) {
  TestDatabase db{
      "CREATE TABLE t AS SELECT TIMESTAMP '2020-01-01' + INTERVAL (i) DAY AS seen, '2020-01-01' AS "
      "text_time, "
      "CASE WHEN i < 50 THEN i % 3 ELSE i * 1000 END AS n, CASE WHEN i < 50 THEN 'x' ELSE 'y' || i "
      "END AS c FROM range(100) r(i)",
      "UPDATE t SET text_time = 'never' WHERE seen > TIMESTAMP '2020-03-01'",
      "UPDATE t SET text_time = '2019-05-05 10:00' WHERE seen < TIMESTAMP '2020-01-10'"};
  db.manifest("tables: {t: {pkey: null, time_col: seen}}");
  Snapshot snapshot = db.open();
  const auto type = [&](const char* column) {
    const Table& table = snapshot.schema().table("t");
    return table.columns[static_cast<size_t>(table.find_column(column))].type;
  };
  snapshot.infer_types(parse_time("2020-02-01"));
  EXPECT_EQ(type("n"), ColumnType::category);
  EXPECT_EQ(type("c"), ColumnType::ignored);
  EXPECT_EQ(type("text_time"), ColumnType::timestamp);
  // A column of texts that are times is read as times; a later one that is none has no value.
  const ColumnData times = snapshot.read_columns("t", {"text_time"})[0];
  EXPECT_EQ(times.type, StorageType::time);
  EXPECT_EQ(times.integers[0], parse_time("2019-05-05 10:00"));
  EXPECT_FALSE(times.is_valid(99));
  snapshot.infer_types(kTimeNever);
  EXPECT_EQ(type("n"), ColumnType::number);
  EXPECT_EQ(type("c"), ColumnType::text);
  EXPECT_EQ(type("text_time"), ColumnType::category);
  EXPECT_EQ(snapshot.read_columns("t", {"text_time"})[0].type, StorageType::utf8);
}

}  // namespace
}  // namespace cenote
