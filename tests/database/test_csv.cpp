// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "base/time.h"
#include "database/csv.h"
#include "database/testing.h"

namespace cenote {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

class Csv : public testing::Test {
 protected:
  Snapshot open(const std::string& text, const std::string& name = "t.csv") {
    write_file_atomically(folder_.path() / name, text);
    SourceOptions options;
    options.source = (folder_.path() / name).string();
    return Snapshot::open(options, {});
  }
  std::string open_error(const std::string& text) {
    return error_of([&] { open(text); });
  }
  TemporaryFolder folder_;
};

std::string type_of(const Snapshot& snapshot, const std::string& column) {
  const Table& table = snapshot.schema().table("t");
  return table.columns[static_cast<size_t>(table.find_column(column))].database_type;
}

TEST(CsvHeader, IsSplitAtDelimitersOutsideQuotes) {
  EXPECT_THAT(split_csv_line("a,b,c", ','), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_csv_line(R"("a,b";"c""d";)", ';'), ElementsAre("a,b", "c\"d", ""));
  EXPECT_THAT(split_csv_line("", ','), ElementsAre(""));
}

TEST_F(Csv, TypesAreThoseOfEveryValue) {
  const Snapshot s = open(
      "i,big,r,b,d,ts,zip,mixed,slash,empty\n"
      "1,9223372036854775807,0.5,true,2020-01-01,2020-01-01T10:00:00+02:00,01234,1,01/02/2020,\n"
      "-2,18446744073709551615,1e3,false,2020-12-31,2020-06-01 12:00,00001,x,13/02/2020,\n");
  EXPECT_EQ(type_of(s, "i"), "BIGINT");
  EXPECT_EQ(type_of(s, "big"), "DOUBLE");
  EXPECT_EQ(type_of(s, "r"), "DOUBLE");
  EXPECT_EQ(type_of(s, "b"), "BOOLEAN");
  EXPECT_EQ(type_of(s, "d"), "DATE");
  EXPECT_EQ(type_of(s, "ts"), "TIMESTAMP");
  EXPECT_EQ(type_of(s, "zip"), "VARCHAR");  // 01234 is no number
  EXPECT_EQ(type_of(s, "mixed"), "VARCHAR");
  EXPECT_EQ(type_of(s, "slash"), "VARCHAR");  // nobody can tell the day from the month
  EXPECT_EQ(type_of(s, "empty"), "VARCHAR");
  EXPECT_EQ(values(s, "t", "ts")[0], "2020-01-01 08:00:00");
}

TEST_F(Csv, TypesDoNotDependOnTheFirstRows) {
  std::string text = "x,y\n";
  for (int i = 0; i < 30'000; ++i) text += "1,2020-01-01\n";
  const Snapshot s = open(text + "a,2020-01-01 10:00\n");
  EXPECT_EQ(type_of(s, "x"), "VARCHAR");
  EXPECT_EQ(type_of(s, "y"), "TIMESTAMP");
}

TEST_F(Csv, SpacesAroundWhatIsNoTextMeanNothing) {
  const Snapshot s =
      open("i,r,d,b,m,w\n1,1.5,2020-01-01,true,7,a\n 2 , 2.5,2020-01-02 , false, NA, b \n");
  EXPECT_EQ(type_of(s, "i"), "BIGINT");
  EXPECT_EQ(type_of(s, "r"), "DOUBLE");
  EXPECT_EQ(type_of(s, "d"), "DATE");
  EXPECT_EQ(type_of(s, "b"), "BOOLEAN");
  EXPECT_EQ(type_of(s, "m"), "BIGINT");
  EXPECT_THAT(values(s, "t", "i"), ElementsAre("1", "2"));
  EXPECT_THAT(values(s, "t", "d"), ElementsAre("2020-01-01", "2020-01-02"));
  EXPECT_THAT(values(s, "t", "b"), ElementsAre("true", "false"));
  EXPECT_THAT(values(s, "t", "m"), ElementsAre("7", "null"));
  EXPECT_THAT(values(s, "t", "w"), ElementsAre("a", " b "));
}

TEST_F(Csv, AColumnThatIsNearlyOfATypeIsNamed) {
  std::string text = "x,y,z\n";
  for (int i = 0; i < 99; ++i) text += "1.5,2020-01-01,1\n";
  const Snapshot s = open(text + "unknown,soon,2\n");
  EXPECT_EQ(type_of(s, "x"), "VARCHAR");
  EXPECT_THAT(findings(s, "nearly_typed"),
              ElementsAre(AllOf(HasSubstr("t.x: 99 of 100 values are numbers"),
                                HasSubstr("'unknown'"), HasSubstr("{type: number}")),
                          AllOf(HasSubstr("t.y"), HasSubstr("'soon'"), HasSubstr("timestamp"))));
}

TEST_F(Csv, MissingValues) {
  const Snapshot s = open("n,t\n1,\"\"\n,\n\\N,\\N\nNA,NA\n\"\",x\n2,y\n");
  EXPECT_THAT(values(s, "t", "n"), ElementsAre("1", "null", "null", "null", "null", "2"));
  EXPECT_THAT(values(s, "t", "t"),
              ElementsAre("", "null", "\\N", "NA", "x", "y"));  // texts stay as they are
  EXPECT_THAT(findings(s, "missing_marker"),
              ElementsAre(HasSubstr("t.n: 3 values are empty or a marker")));
}

TEST_F(Csv, DelimitersQuotesAndLineEnds) {
  EXPECT_THAT(values(open("a;b\n\"x;y\";1,5\nz;2,5\n"), "t", "a"), ElementsAre("x;y", "z"));
  EXPECT_THAT(findings(open("a;b\nx;1,5\nz;2,5\n"), "numbers_as_text"),
              ElementsAre(HasSubstr("t.b:")));
  EXPECT_THAT(values(open("a\tb\nx\t1\n"), "t", "b"), ElementsAre("1"));
  EXPECT_THAT(values(open("a,b\r\n\"two\r\nlines\",\"say \"\"hi\"\"\"\r\n"), "t", "a"),
              ElementsAre("two\r\nlines"));
  EXPECT_THAT(values(open("\xef\xbb\xbf"
                          "a,b\nx,1\n"),
                     "t", "a"),
              ElementsAre("x"));
  EXPECT_THAT(values(open("a,b\nx,1"), "t", "b"), ElementsAre("1"));
  EXPECT_THAT(values(open(",b\n0,x\n"), "t", "column_1"),
              ElementsAre("0"));  // row numbers of pandas
  EXPECT_THAT(values(open("a,b\n"), "t", "a"), IsEmpty());
}

TEST_F(Csv, FaultsNameFileAndLine) {
  EXPECT_THAT(open_error("a,b\n1,2\n3,4,5\n"),
              AllOf(HasSubstr("bad_input: cannot read table 't' from '"),
                    HasSubstr("t.csv': line 3: 2 columns expected, found 3")));
  EXPECT_THAT(open_error("a,b\n1,2\n3\n"), HasSubstr("line 3: 2 columns expected, found 1"));
  EXPECT_THAT(open_error("a,b\n1,\"2\n3,4\n"), HasSubstr("line 2: Value with unterminated quote"));
  EXPECT_THAT(open_error("a,b\n1,\xff\xfe\n"), HasSubstr("line 2: Invalid unicode"));
  EXPECT_THAT(open_error(""), HasSubstr("t.csv' is empty"));
  EXPECT_THAT(open_error("1,2\n3,4\n"),
              HasSubstr("its first line must name the columns, but column 1 is '1'"));
  EXPECT_THAT(open_error("a,b,a\n1,2,3\n"), HasSubstr("two columns are called 'a'"));
  EXPECT_THAT(open_error("a,b,A\n1,2,3\n"),
              HasSubstr("t.csv': columns 'a' and 'A' differ only in case"));
}

TEST_F(Csv, LinesThatEndInTwoWaysAreNamed) {
  EXPECT_THAT(open_error("a,b\r\n1,\"2\n2\"\r\n3,4\n"),
              EndsWith("t.csv': line 3 ends with LF, the lines before it with CRLF: write one kind "
                       "of end"));
  EXPECT_THAT(open_error("a,b\n1,2\r\n"), HasSubstr("line 2 ends with CRLF"));
  EXPECT_THAT(open_error("a,b\n1,2\r3,4\n"), HasSubstr("line 2 ends with CR,"));
  std::string late = "a,b\n";
  for (int i = 0; i < 300'000; ++i) late += "1,2\n";
  EXPECT_THAT(open_error(late + "3,4\r\n"), HasSubstr("line 300002 ends with CRLF"));
}

TEST_F(Csv, OfAFolderWithTwoFilesOfOneTable) {
  write_file_atomically(folder_.path() / "t.parquet", "x");
  write_file_atomically(folder_.path() / "t.csv", "a\n1\n");
  SourceOptions options;
  options.source = folder_.path().string();
  EXPECT_NE(error_of([&] { Snapshot::open(options, {}); }), "");
}

}  // namespace
}  // namespace cenote
