// SPDX-License-Identifier: Apache-2.0
// External tasks: label files that come with the task, or SQL run for one seed time after the other.
#include <gmock/gmock.h>

#include "base/time.h"
#include "database/duckdb.h"
#include "testing.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class External : public testing::Test {
 protected:
  void add(const std::string& type, const std::string& more = "") {
    shop_.add_task("spot", "name: spot\nkind: external\ntask_type: " + type +
                               "\nentity_table: customers\n"
                               "entity_col: customer\ntarget_col: y\ntime_col: at\n" +
                               more);
  }
  /// Writes a label file; `rows` is SQL: "(1, TIMESTAMP '2020-01-01', 5), ...".
  void ship(const std::string& split, const std::string& rows,
            const std::string& names = "customer, \"at\", y") {
    const DuckDatabase database({}, {});
    database.execute("COPY (SELECT * FROM (VALUES " + rows + ") AS v(" + names + ")) TO '" +
                     file(split) + "'");
  }
  void ship_all(const std::string& label) {
    ship("train",
         "(2, TIMESTAMP '2020-03-01', " + label + "), (1, TIMESTAMP '2020-03-01', " + label + ")");
    ship("val", "(1, TIMESTAMP '2020-09-01', " + label + ")");
    ship("test", "(1, TIMESTAMP '2020-11-01', " + label + ")");
  }
  std::string file(const std::string& split) const {
    return shop_.path() + "/tasks/spot/" + split + ".parquet";
  }
  Labels labels() {
    const Snapshot snapshot = shop_.open();
    return make_labels(load_task("spot", snapshot), snapshot, warnings_.hooks());
  }
  std::string refusal() {
    return error_of([this] { labels(); });
  }

  Shop shop_;
  Warnings warnings_;
};

TEST_F(External, FilesAreRead) {
  add("regression");
  ship("train",
       "(2, DATE '2020-03-01', 5.5), (1, DATE '2020-03-01', NULL), (1, DATE '2020-02-01', 4)");
  ship("val", "(1, DATE '2020-09-01', 6, 'x')",
       "customer, \"at\", y, note");  // further columns do not matter
  ship("test", "(1, DATE '2020-11-01', 7)");
  const Labels made = labels();
  EXPECT_THAT(made.train.label, ElementsAre(4, 5.5));
  EXPECT_THAT(made.train.entity.integers, ElementsAre(1, 2));
  EXPECT_EQ(format_time(made.val.time[0]), "2020-09-01");
  EXPECT_THAT(warnings_.of("null_labels"), HasSubstr("1 of 3 train labels"));
}

TEST_F(External, ListsOfAFileAreMultilabel) {
  add("multilabel_classification");
  ship("train", "(1, TIMESTAMP '2020-03-01', [1, 0]), (2, TIMESTAMP '2020-03-01', [0, 0])");
  ship("val", "(1, TIMESTAMP '2020-09-01', [0, 1])");
  ship("test", "(1, TIMESTAMP '2020-11-01', [1, 1])");
  const Labels made = labels();
  EXPECT_EQ(made.train.width, 2);
  EXPECT_THAT(made.train.label, ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(made.test.label, ElementsAre(1, 1));
}

TEST_F(External, ClassesOfAFileKeepTheirNames) {
  add("multiclass_classification");
  ship("train", "(1, TIMESTAMP '2020-03-01', 'red'), (2, TIMESTAMP '2020-03-01', 'blue')");
  ship("val", "(1, TIMESTAMP '2020-09-01', 'red')");
  ship("test", "(1, TIMESTAMP '2020-11-01', 'amber')");
  const Labels made = labels();
  EXPECT_THAT(made.classes, ElementsAre("blue", "red", "amber"));
  EXPECT_EQ(made.training_classes, 2);
  EXPECT_THAT(made.test.label, ElementsAre(2));
}

TEST_F(External, WindowsMustNotCrossASplit) {
  add("regression", "timedelta: 30 days\n");
  ship_all("1");
  ship("train", "(1, TIMESTAMP '2020-08-02', 1)");  // ends with the training period
  EXPECT_EQ(refusal(), "");
  ship("train", "(1, TIMESTAMP '2020-08-01', 1), (2, TIMESTAMP '2020-08-03', 1)");
  EXPECT_EQ(refusal(),
            "bad_input: task 'spot', train labels: a label window of 30 days crosses a split (val "
            "2020-09-01, test 2020-11-01) (customer 2 at 2020-08-03)");
  ship_all("1");
  ship("val", "(1, TIMESTAMP '2020-10-20', 1)");
  EXPECT_THAT(refusal(), HasSubstr("val labels: a label window of 30 days crosses a split"));
  ship_all("1");
  ship("test", "(1, TIMESTAMP '2020-10-31', 1)");
  EXPECT_THAT(refusal(), HasSubstr("test labels: a label window of 30 days crosses a split"));
}

TEST_F(External, MissingAndBrokenFilesAreNamed) {
  add("regression");
  EXPECT_EQ(refusal(), "not_found: task 'spot' is external, but '" + file("train") +
                           "' is not there and the manifest has no sql");
  ship_all("1");
  std::filesystem::remove(file("val"));
  EXPECT_EQ(refusal(), "not_found: task 'spot': '" + file("val") +
                           "' is not there, though other splits have a file");
  shop_.write("tasks/spot/val.parquet", "PAR1 and then nothing of the kind");
  EXPECT_THAT(refusal(), HasSubstr("database: cannot read '" + file("val") + "': "));
  ship("val", "(1, TIMESTAMP '2020-09-01')", "customer, \"at\"");
  EXPECT_EQ(refusal(),
            "bad_input: task 'spot', val labels: no column 'y' for the target; have: customer, at");
  std::filesystem::remove(file("val"));
  std::filesystem::create_directory(file("val"));
  EXPECT_THAT(refusal(), HasSubstr("is no regular file"));
}

TEST_F(External, SqlRunsForOneSeedTimeAfterTheOther) {
  // Who ordered in the window before asks again: such SQL works out its own earlier times from the seed times.
  const std::string sql =
      "WITH times AS (SELECT min(timestamp) - INTERVAL '{timedelta}' * 1 AS ts FROM timestamps "
      "UNION ALL "
      "SELECT timestamp FROM timestamps), counts AS (SELECT ts, customer, count(*) AS n, "
      "sum(amount) AS y FROM "
      "times JOIN orders o ON o.at > ts AND o.at <= ts + INTERVAL '{timedelta}' GROUP BY ALL) "
      "SELECT c.ts AS at, c.customer, c.y FROM counts c JOIN counts p ON p.customer = c.customer "
      "AND p.ts < c.ts "
      "WHERE c.ts = (SELECT max(ts) FROM times)";
  add("regression", "timedelta: 30 days\nnum_eval_timestamps: 2\nsql: |-\n  " + sql + ";\n");
  const Labels made = labels();
  EXPECT_THAT(made.train.label, ElementsAre(2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8));
  EXPECT_THAT(made.val.label, ElementsAre(9, 9, 10, 10));
  EXPECT_THAT(made.test.label, ElementsAre(11, 11));
}

TEST_F(External, SqlNeedsATimedelta) {
  add("regression", "sql: SELECT 1\n");
  EXPECT_THAT(refusal(), HasSubstr("without a timedelta its SQL has no seed times"));
}

}  // namespace
}  // namespace cenote
