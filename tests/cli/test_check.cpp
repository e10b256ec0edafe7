// SPDX-License-Identifier: Apache-2.0
#include "program.h"

namespace cenote {
namespace {

TEST(CheckVerb, SaysTheVerdictFirst) {
  const Outcome outcome = run_cenote({"check", f1(), "--task", "driver-top3", "--quiet"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("CLEAN    driver-top3, rolling: no leak found: 600 predictions", 0),
            0u)
      << outcome.out;
  expect_fits_terminal(outcome.out);
}

TEST(CheckVerb, TakesAQuestion) {
  const Outcome outcome = run_cenote(
      {"check", f1(), "PREDICT COUNT(results.*, 0, 60, days) > 0 FOR EACH drivers.driverId",
       "--json", "--split", "2004-01-01,2008-01-01"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json.at("verdict"), "clean") << outcome.out;
  EXPECT_EQ(json.at("times"), nlohmann::json({"2004-01-01", "2008-01-01"}));
  for (const auto& finding : json.at("findings")) EXPECT_EQ(finding.at("level"), "note");
}

TEST(CheckVerb, Refuses) {
  EXPECT_EQ(run_cenote({"check", f1()}).code, 2);
  EXPECT_EQ(run_cenote({"check", f1(), "PREDICT"}).code, 1);
  const Outcome both = run_cenote({"check", f1(), "PREDICT x", "run", "--task", "driver-top3"});
  EXPECT_EQ(both.code, 2);
  const Outcome no_run = run_cenote({"check", f1(), "--task", "driver-top3", "/nowhere"});
  EXPECT_EQ(no_run.code, 1);
  EXPECT_NE(no_run.err.find("/nowhere"), std::string::npos) << no_run.err;
}

}  // namespace
}  // namespace cenote
