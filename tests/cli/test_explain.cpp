// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "program.h"

namespace cenote {
namespace {

TEST(Explain, PrintsWhatMovedAPrediction) {
  const Outcome outcome = run_cenote(
      {"explain", trained_run().path, "--entity", "1", "--at", "2008-06-01", "--top", "4"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("driver-top3 by sage, rolling: driverId 1 at 2008-06-01\n", 0), 0u)
      << outcome.out;
  EXPECT_NE(outcome.out.find("others together; --top N shows more"), std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("cell\n"), std::string::npos) << outcome.out;
  expect_fits_terminal(outcome.out);
}

TEST(Explain, JsonAddsUp) {
  const auto json = run_cenote({"explain", trained_run().path, "--entity", "1", "4", "--at",
                                "2008-06-01", "--json", "--quiet"})
                        .json();
  EXPECT_EQ(json.at("task"), "driver-top3");
  ASSERT_EQ(json.at("explanations").size(), 2u);
  for (const auto& one : json.at("explanations")) {
    double sum = one.at("average").get<double>();
    for (const auto& part : one.at("contributions")) {
      EXPECT_FALSE(part.at("sentence").get<std::string>().empty());
      sum += part.at("amount").get<double>();
    }
    EXPECT_NEAR(sum, one.at("prediction").get<double>(), 1e-9);
    for (const auto& group : one.at("groups")) sum -= group.at("amount").get<double>();
    EXPECT_NEAR(sum, one.at("average").get<double>(), 1e-9);
    EXPECT_GT(one.at("cells").size(), 5u);
  }
  EXPECT_EQ(json.at("explanations")[0].at("entity"), 1);
  EXPECT_EQ(json.at("explanations")[1].at("time"), "2008-06-01");
}

TEST(Explain, ARunAsAWhole) {
  const Outcome outcome = run_cenote(
      {"explain", trained_run().path, "--repeats", "1", "--seeds", "60", "--quiet", "--top", "3"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("driver-top3 by sage, rolling: auroc ", 0), 0u) << outcome.out;
  for (const char* kind : {"table ", "link ", "column ", "time "})
    EXPECT_NE(outcome.out.find(std::string("\n") + kind), std::string::npos) << outcome.out;
  expect_fits_terminal(outcome.out);
}

TEST(Explain, WrongWordsAreRefused) {
  const std::string& run = trained_run().path;
  expect_refused(run_cenote({"explain", run, "--entity", "nobody", "--quiet"}), 1,
                 {"table 'drivers' has no row whose driverId is 'nobody'"});
  expect_refused(run_cenote({"explain", "nowhere", "--entity", "1"}), 1,
                 {"no run folder 'nowhere'"});
  expect_refused(run_cenote({"explain", run, "--at", "2008-06-01"}), 2, {"--entity"});
  expect_refused(run_cenote({"explain", run, "--entity", "1", "--at", "noon"}), 2,
                 {"--at", "noon"});
  expect_refused(run_cenote({"explain", run, "--entity", "1", "--repeats", "2"}), 2, {"--repeats"});
  expect_refused(run_cenote({"explain", run, "--entity", "1", "--output", "won", "--quiet"}), 1,
                 {"no output 'won'"});
  expect_refused(run_cenote({"explain"}), 2, {"RUN"});
}

TEST(Explain, SaysWhatNobodyKnew) {
  const Outcome outcome =
      run_cenote({"explain", trained_run().path, "--entity", "1", "--at", "1960-01-01"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("no row that belongs to driverId '1' was known at 1960-01-01"),
            std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace cenote
