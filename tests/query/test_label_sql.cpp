// SPDX-License-Identifier: Apache-2.0
// What the label SQL of awkward databases looks like and gives.
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/time.h"
#include "database/duckdb.h"
#include "task/split.h"
#include "testing.h"

namespace cenote {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A database of the tables that statements make, and what a question about it gives: "time key label" lines.
class Place {
 public:
  Place(const std::vector<std::string>& statements, const std::string& tables) {
    const auto file = folder_.path() / "x.duckdb", manifest = folder_.path() / "manifest.yaml";
    {
      const DuckDatabase duck(file, {});
      for (const std::string& one : statements) duck.execute(one);
    }
    write_file_atomically(manifest, "name: x\ntables:\n" + tables);
    SourceOptions options;
    options.source = file.string();
    options.manifest = manifest.string();
    snapshot_ = std::make_unique<Snapshot>(Snapshot::open(options, {}));
  }

  Question read(const std::string& text) const { return read_question(text, snapshot_->schema()); }

  std::vector<std::string> labels(const std::string& text) const {
    const Question question = read(text);
    Task task;
    task.sql = "SELECT * FROM (" + question.sql + ") ORDER BY ALL";
    const QueryResult rows = run_task_sql(
        task, *snapshot_, {parse_time("2020-01-01"), parse_time("2020-02-01")}, kTimeNever);
    std::vector<std::string> out;
    for (int64_t i = 0; i < rows.rows; ++i) {
      std::string line;
      for (const ColumnData& column : rows.columns)
        line += (line.empty() ? "" : " ") + value_text(column, i);
      out.push_back(line);
    }
    return out;
  }

 private:
  TemporaryFolder folder_{"cenote-label-sql"};
  std::unique_ptr<Snapshot> snapshot_;
};

using Lines = std::vector<std::string>;

TEST(LabelSql, NamesAreQuotedAndHideNothing) {
  // Tables that are called as our expressions are, keys that are called as our columns are.
  const Place place({"CREATE TABLE a1 AS SELECT 1 AS target",
                     "CREATE TABLE \"a_2\" AS SELECT 1 AS \"timestamp\", 1 AS a1, DATE "
                     "'2020-01-05'::TIMESTAMP AS \"se\"\"ed\""},
                    "  a1: {pkey: target, time_col: null, fkeys: {}}\n"
                    "  a_2: {pkey: timestamp, time_col: 'se\"ed', fkeys: {a1: a1}}\n");
  EXPECT_EQ(place.labels("PREDICT COUNT(a_2.*, 0, 30) + COUNT(a_2.a1, 0, 30) FOR EACH a1.target"),
            (Lines{"2020-01-01 1 2", "2020-02-01 1 0"}));
  const Question question = place.read("PREDICT COUNT(a_2.*, 0, 30) FOR EACH a1.target");
  EXPECT_EQ(question.entity_column, "target");
  EXPECT_EQ(question.target_column, "target_");
  EXPECT_EQ(question.time_column, "timestamp");
  EXPECT_THAT(question.sql, Not(HasSubstr("WITH a1 AS")));
}

TEST(LabelSql, RowsWithoutKeysHaveAnOrder) {
  const Place place({"CREATE TABLE e AS SELECT 7 AS id",
                     "CREATE TABLE r AS SELECT 7 AS e, TIMESTAMP '2020-01-05' AS at, x FROM "
                     "(VALUES (3), (1), (2)) v(x)"},
                    "  e: {pkey: id, time_col: null, fkeys: {}}\n  r: {pkey: null, time_col: at, "
                    "fkeys: {e: e}}\n");
  EXPECT_EQ(place.labels("PREDICT FIRST(r.x, 0, 30) FOR EACH e.id"), (Lines{"2020-01-01 7 1"}));
  EXPECT_EQ(place.labels("PREDICT LAST(r.x, 0, 30) FOR EACH e.id"), (Lines{"2020-01-01 7 3"}));
}

TEST(LabelSql, ALabelIsFinalWhenItsWindowCloses) {
  // The order is there only after the window of its item; it belongs to nobody until then.
  const Place place(
      {"CREATE TABLE c AS SELECT 1 AS id",
       "CREATE TABLE o AS SELECT 1 AS id, 1 AS c, TIMESTAMP '2020-01-20' AS at",
       "CREATE TABLE i AS SELECT 1 AS id, 1 AS o, TIMESTAMP '2020-01-05' AS at"},
      "  c: {pkey: id, time_col: null, fkeys: {}}\n  o: {pkey: id, time_col: at, fkeys: {c: c}}\n"
      "  i: {pkey: id, time_col: at, fkeys: {o: o}}\n");
  EXPECT_EQ(place.labels("PREDICT COUNT(i.*, 0, 10) FOR EACH c.id"),
            (Lines{"2020-01-01 1 0", "2020-02-01 1 0"}));
  EXPECT_EQ(place.labels("PREDICT COUNT(i.*, 0, 30) FOR EACH c.id"),
            (Lines{"2020-01-01 1 1", "2020-02-01 1 0"}));
  // Looking back, what is known at t counts.
  EXPECT_EQ(place.labels("PREDICT COUNT(i.*, 0, 1) FOR EACH c.id WHERE COUNT(i.*, -40, -20) > 0"),
            (Lines{"2020-02-01 1 0"}));
}

TEST(LabelSql, StartsFromRowsWhereThereCanBeNoLabelWithout) {
  const Place place(
      {"CREATE TABLE c AS SELECT 1 AS id",
       "CREATE TABLE o AS SELECT 1 AS id, 1 AS c, 5 AS x, TIMESTAMP '2020-01-20' AS at"},
      "  c: {pkey: id, time_col: null, fkeys: {}}\n  o: {pkey: id, time_col: at, fkeys: {c: c}}\n");
  for (const char* text : {"PREDICT MIN(o.x, 0, 30) > 3 FOR EACH c",
                           "PREDICT COUNT(o.*, 0, 30) FOR EACH c ASSUMING COUNT(o.*, 0, 30) >= 1",
                           "PREDICT SUM(o.x, 0, 7) FOR EACH c WHERE COUNT(o.*, -30, 0) > 0 AND "
                           "LAST(o.x, -30, 0) = 5"}) {
    EXPECT_THAT(place.read(text).sql, Not(HasSubstr("CROSS JOIN"))) << text;
  }
  for (const char* text : {"PREDICT COUNT(o.*, 0, 30) FOR EACH c",
                           "PREDICT COUNT(o.*, 0, 30) = 0 FOR EACH c WHERE COUNT(o.*, -30, 0) < 1",
                           "PREDICT MIN(o.x, 0, 30) > 3 OR COUNT(o.*, 0, 90) = 0 FOR EACH c",
                           "PREDICT LAST(o.x, 0, 7) IS NULL FOR EACH c"}) {
    EXPECT_THAT(place.read(text).sql, HasSubstr("CROSS JOIN")) << text;
  }
}

TEST(LabelSql, ATableOfTheSeedTimesNameIsRefused) {
  const Place place(
      {"CREATE TABLE c AS SELECT 1 AS id",
       "CREATE TABLE timestamps AS SELECT 1 AS id, 1 AS c, TIMESTAMP '2020-01-20' AS at"},
      "  c: {pkey: id, time_col: null, fkeys: {}}\n  timestamps: {pkey: id, time_col: at, fkeys: "
      "{c: c}}\n");
  EXPECT_EQ(error_of([&] { place.read("PREDICT COUNT(timestamps.*, 0, 30) FOR EACH c.id"); }),
            "unsupported: line 1, column 15: a table called 'timestamps' cannot be asked about: "
            "label SQL calls the seed times so\n"
            "  PREDICT COUNT(timestamps.*, 0, 30) FOR EACH c.id\n                ^^^^^^^^^^");
}

}  // namespace
}  // namespace cenote
