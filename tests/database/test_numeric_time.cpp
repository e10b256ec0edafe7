// SPDX-License-Identifier: Apache-2.0
// Whole numbers as instants: dates written as digits, units since 1970, and what is refused.
#include <gmock/gmock.h>

#include "database/testing.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// A table of one time column, declared as such.
TestDatabase with_times(const std::string& list) {
  const std::string sql = "CREATE TABLE t AS SELECT unnest([" + list + "]) AS at";
  TestDatabase db{sql.c_str()};
  db.manifest("tables: {t: {pkey: null, time_col: at}}");
  return db;
}

std::vector<std::string> times(const std::string& list) {
  return values(with_times(list).open(), "t", "at");
}

TEST(NumericTime, ReadsDatesWrittenAsDigits) {
  EXPECT_THAT(times("20200131, NULL, 18991231"), ElementsAre("2020-01-31", "null", "1899-12-31"));
  EXPECT_THAT(times("2020, 1999"), ElementsAre("2020-01-01", "1999-01-01"));
  EXPECT_THAT(times("202002, 199912"), ElementsAre("2020-02-01", "1999-12-01"));
  EXPECT_THAT(times("20200131123005"), ElementsAre("2020-01-31 12:30:05"));
  EXPECT_THAT(times("202001311230"), ElementsAre("2020-01-31 12:30:00"));
  EXPECT_THAT(findings(with_times("20200131, 20211231").open(), "numeric_time"),
              ElementsAre("t.at: whole numbers, read as dates written YYYYMMDD: from 2020-01-31 to "
                          "2021-12-31"));
}

TEST(NumericTime, ReadsUnitsSince1970) {
  EXPECT_THAT(times("1577836800, 0, -86400"),
              ElementsAre("2020-01-01", "1970-01-01", "1969-12-31"));
  EXPECT_THAT(times("1577836800000, 0"), ElementsAre("2020-01-01", "1970-01-01"));
  EXPECT_THAT(times("1577836800000000"), ElementsAre("2020-01-01"));
  EXPECT_THAT(times("1577836800000000001"), ElementsAre("2020-01-01 00:00:00.000001"));
  EXPECT_THAT(times("1, 2, 3"),
              ElementsAre("1970-01-01 00:00:01", "1970-01-01 00:00:02", "1970-01-01 00:00:03"));
}

TEST(NumericTime, OfALaterRowInAnotherUnitIsRefused) {
  EXPECT_THAT(
      with_times("1577836800, 1577836801, 1609459200000").open_error(),
      AllOf(HasSubstr("bad_input: table 't': time column 'at' mixes units: most of it reads "
                      "as seconds since 1970-01-01 UTC, but 1609459200000 in row 3"),
            HasSubstr("looks like milliseconds since 1970 (1 such row)")));
  EXPECT_THAT(with_times("1577836800000, 1577836801000, 1609459200").open_error(),
              HasSubstr("1609459200 in row 3 looks like seconds"));
}

TEST(NumericTime, OutsidePlausibleYearsIsRefused) {
  EXPECT_THAT(with_times("1577836800, 1577836801, 253402300799").open_error(),
              AllOf(HasSubstr("table 't': time column 'at' "), HasSubstr("253402300799 in row 3")));
  EXPECT_THAT(
      with_times("20200101, 20200102, 99991231").open_error(),
      AllOf(HasSubstr("reads as dates written YYYYMMDD, but 99991231 in row 3 is no date of "
                      "the years 1800 to 2200 (1 such row)"),
            HasSubstr("`time_col` names another one or null")));
  EXPECT_THAT(with_times("9223372036854775807").open_error(), HasSubstr("outside the years"));
}

std::string inferred(const std::string& columns) {
  const std::string sql = "CREATE TABLE t AS SELECT " + columns + " FROM range(30) r(i)";
  const TestDatabase db{sql.c_str()};
  return db.open().schema().table("t").time_column;
}

TEST(NumericTime, IsFoundUnderANameThatSaysTime) {
  EXPECT_EQ(inferred("20200101 + i AS order_date"), "order_date");
  EXPECT_EQ(inferred("20200101 + i AS serial"), "");
  EXPECT_EQ(inferred("20200101 + 10 * i AS order_date"), "");  // there is no 32nd
  EXPECT_EQ(inferred("1990 + i AS year"), "year");
  EXPECT_EQ(inferred("1990 + i AS birth_year"), "");
  EXPECT_EQ(inferred("1990 + i AS start_time"), "");
  EXPECT_EQ(inferred("1990 + i AS year, TIMESTAMP '2020-01-01' + INTERVAL (i) DAY AS x"), "x");
}

}  // namespace
}  // namespace cenote
