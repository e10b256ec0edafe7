// SPDX-License-Identifier: Apache-2.0
// A database without any time: rows of a table are split by their keys, and what is missing is predicted from all that is
// known.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "cenote/check.h"
#include "cenote/explain.h"
#include "cenote/fit.h"
#include "cenote/predict.h"
#include "database/duckdb.h"

namespace cenote {
namespace {

constexpr const char* kActive = "PREDICT molecules.active FOR EACH molecules.id";

/// 1,500 molecules of 4 to 11 atoms. Active are those with a nitrogen of a charge above 5, which no column alone tells; of every
/// tenth it is not known.
class Molecules {
 public:
  explicit Molecules(int more = 0) {
    const DuckDatabase duck(file(), {});
    duck.execute(
        fmt::format("CREATE TABLE atoms AS SELECT m AS molecule_id, ['C', 'N', 'O'][CAST(1 + "
                    "hash(m, a, 1) % 3 AS INT)] "
                    "AS element, hash(m, a, 2) % 10 AS charge FROM range({}) t(m), range(11) u(a) "
                    "WHERE a < 4 + hash(m) % 8",
                    1500 + more));
    duck.execute(fmt::format(
        "CREATE TABLE molecules AS SELECT m AS id, hash(m, 3) % 100 AS mass, CASE WHEN m % 10 <> 0 "
        "THEN exists(FROM atoms a WHERE a.molecule_id = m AND element = 'N' AND charge > 5) END AS "
        "active FROM range({}) t(m)",
        1500 + more));
    duck.execute("ALTER TABLE molecules ADD COLUMN sort VARCHAR");
    duck.execute(
        "UPDATE molecules SET sort = CASE WHEN active THEN 'good' WHEN NOT active THEN 'bad' END");
  }
  std::string file() const { return (folder_.path() / "m.duckdb").string(); }
  std::string run() const { return (folder_.path() / "run").string(); }

  void fit_model(const std::string& model) const {
    FitOptions options;
    options.source.source = file();
    options.question = kActive;
    options.model = model;
    options.threads = 2;
    options.out = run();
    if (model == "boost") options.set = {{"search", "false"}, {"bags", "1"}};
    if (model == "sage") options.set = {{"epochs", "2"}, {"channels", "32"}};
    fit(options);
  }
  /// What auto keeps of a constant and of trees.
  std::string kept(const std::string& question) const {
    const std::string schedule = (folder_.path() / "schedule.json").string();
    write_file_atomically(schedule, R"([
      {"model": "constant", "set": {}, "seed": 0, "trial": false},
      {"model": "boost", "set": {"search": "false", "bags": "1"}, "seed": 0, "trial": false}])");
    FitOptions options;
    options.source.source = file();
    options.question = question;
    options.schedule = schedule;
    options.threads = 2;
    options.out = (folder_.path() / "auto").string();
    return fit(options).kept;
  }
  PredictOptions use(const std::string& split = "") const {
    PredictOptions out;
    out.run.run = run();
    out.split = split;
    return out;
  }

 private:
  TemporaryFolder folder_{"cenote-static"};
};

double value_of(const EvaluateResult& result, const std::string& name) {
  for (const MetricValue& metric : result.metrics)
    if (metric.name == name) return metric.value;
  return -1;
}

TEST(Static, RowsOfTheSameChildAreSeenTogether) {
  const Molecules data;
  data.fit_model("boost");
  EvaluateOptions options;
  options.run.run = data.run();
  const EvaluateResult result = evaluate(options);
  EXPECT_GT(result.rows, 150);
  EXPECT_GT(value_of(result, "auroc"), 0.95);
  // What is asked for is what is missing.
  const PredictResult missing = predict(data.use());
  EXPECT_EQ(missing.entity.size(), 150u);
  EXPECT_EQ(missing.entity[1], "10");
  CheckOptions check_options;
  check_options.source.source = data.file();
  check_options.question = kActive;
  check_options.run = data.run();
  EXPECT_NE(check(check_options).verdict, "leak");
  ExplainOptions explain_options;
  explain_options.run.run = data.run();
  explain_options.seeds = {{"10", ""}};
  const Explanations why = explain(explain_options);
  ASSERT_EQ(why.explanations.size(), 1u);
}

TEST(Static, NetworksSeeAllRows) {
  const Molecules data;
  data.fit_model("sage");
  EXPECT_EQ(predict(data.use()).entity.size(), 150u);
}

TEST(Static, RowsThatAreAddedMoveNoOtherToAnotherSplit) {
  const Molecules few, more(50);
  few.fit_model("constant");
  more.fit_model("constant");
  size_t all = 0;
  for (const char* split : {"train", "val", "test"}) {
    const PredictResult old_rows = predict(few.use(split)), new_rows = predict(more.use(split));
    all += old_rows.entity.size();
    for (const std::string& entity : old_rows.entity)
      EXPECT_THAT(new_rows.entity, testing::Contains(entity)) << split;
  }
  EXPECT_EQ(all, 1350u);
}

TEST(Static, WhatIsFarAheadOfTheConstantIsKept) {
  EXPECT_EQ(Molecules().kept(kActive), "boost");
  // By accuracy, whose luck is judged by log loss.
  EXPECT_EQ(Molecules().kept("PREDICT molecules.sort FOR EACH molecules.id"), "boost");
  EXPECT_EQ(Molecules().kept("PREDICT molecules.mass FOR EACH molecules.id"), "constant");
}

}  // namespace
}  // namespace cenote
