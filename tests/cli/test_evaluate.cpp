// SPDX-License-Identifier: Apache-2.0
#include "program.h"

namespace cenote {
namespace {

TEST(Evaluate, JsonHoldsTheMetricsWithIntervals) {
  const TrainedRun& run = trained_run();
  const Outcome outcome = run_cenote({"evaluate", run.path, "--split", "val", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json.at("task"), "driver-top3");
  EXPECT_EQ(json.at("model"), "sage");
  EXPECT_EQ(json.at("split"), "val");
  EXPECT_EQ(json.at("protocol"), "rolling");
  EXPECT_EQ(json.at("seed"), 0);
  EXPECT_GT(json.at("rows").get<int>(), 0);
  for (const char* name : {"auroc", "average_precision", "accuracy", "f1", "log_loss"}) {
    const auto& metric = json.at("metrics").at(name);
    if (metric.at("value").is_null()) continue;  // undefined
    EXPECT_LE(metric.at("low").get<double>(), metric.at("high").get<double>()) << name;
  }
  // The metric that chose the epoch is the one that fit reported.
  EXPECT_DOUBLE_EQ(json.at("metrics").at("auroc").at("value").get<double>(),
                   run.fit.json().at("validation").at("value").get<double>());
}

TEST(Evaluate, PrintsATableThatNamesSplitAndProtocol) {
  const Outcome outcome =
      run_cenote({"evaluate", trained_run().path, "--protocol", "frozen", "--quiet"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.out.rfind("driver-top3 by sage, test split, frozen, seed 0: 726 rows\n", 0), 0u)
      << outcome.out;
  EXPECT_NE(outcome.out.find("auroc"), std::string::npos);
  expect_fits_terminal(outcome.out);
}

TEST(Evaluate, RefusesToMoveTheSplit) {
  for (const char* verb : {"evaluate", "predict"}) {
    expect_refused(run_cenote({verb, trained_run().path, "--val-timestamp", "2004-01-01"}), 1,
                   {"was trained with validation from 2005-01-01 and test from 2010-01-01",
                    "are for fit"});
  }
}

TEST(Evaluate, RefusesWhatIsNoRun) {
  expect_refused(run_cenote({"evaluate"}), 2, {"RUN"});
  expect_refused(run_cenote({"evaluate", "nowhere"}), 1, {"no run folder 'nowhere'"});
  expect_refused(run_cenote({"evaluate", "nowhere", "--split", "tset"}), 2, {"--split"});
  const Outcome outcome = run_cenote({"evaluate", "nowhere", "--json"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  const auto error = nlohmann::json::parse(outcome.err).at("error");
  EXPECT_EQ(error.at("code"), "not_found");
  EXPECT_EQ(error.at("message"), "no run folder 'nowhere'");
  EXPECT_TRUE(error.at("context").is_array());
}

}  // namespace
}  // namespace cenote
