// SPDX-License-Identifier: Apache-2.0
// What `cenote ask` prints of questions about the bundled database.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cenote/ask.h"
#include "cenote/error.h"
#include "cli/cli.h"
#include "test_paths.h"

namespace cenote {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

constexpr const char* kTop3 =
    "PREDICT MIN(qualifying.position, 0, 30, days) <= 3 FOR EACH drivers.driverId";

std::string print(std::vector<std::string> words) {
  words.insert(words.begin(), std::string(CENOTE_SOURCE_DIR) + "/examples/f1");
  words.push_back("--quiet");
  testing::internal::CaptureStdout();
  const int code = cli_registry().at("ask").run(words);
  const std::string out = testing::internal::GetCapturedStdout();
  EXPECT_EQ(code, 0);
  return out;
}

TEST(Ask, SaysWhatWasUnderstood) {
  const std::string out = print({kTop3});
  EXPECT_THAT(out, HasSubstr("whether the smallest qualifying.position in the 30 days after t is"));
  EXPECT_THAT(out, HasSubstr("no label: MIN of no rows has no value"));
  EXPECT_THAT(out, HasSubstr("binary_classification"));
  EXPECT_THAT(out, HasSubstr("every 30 days; validation from 2005-01-01, test from 2010-01-01"));
  EXPECT_THAT(out, HasSubstr("JOIN \"qualifying\" AS fact"));
}

TEST(Ask, PrintsJsonForPrograms) {
  const Json out = Json::parse(print({kTop3, "--json", "--rows", "2"}));
  EXPECT_EQ(out["kind"], "binary");
  EXPECT_EQ(out["empty_windows"], "dropped");
  EXPECT_EQ(out["split_from"], "manifest");
  // As tests/task/test_f1_labels.cpp has them for the task driver-top3.
  EXPECT_EQ(out["splits"][0]["labels"], 1353);
  EXPECT_EQ(out["splits"][1]["labels"], 588);
  EXPECT_EQ(out["splits"][2]["labels"], 726);
  EXPECT_EQ(out["rows"].size(), 2u);
  EXPECT_EQ(out["cannot_fit"], "");
}

TEST(Ask, TakesOtherTimes) {
  const Json out = Json::parse(
      print({kTop3, "--json", "--split", "2004-06-01,2008-01-01", "--eval-times", "3"}));
  EXPECT_EQ(out["split_from"], "options");
  EXPECT_EQ(out["val_timestamp"], "2004-06-01");
  EXPECT_EQ(out["splits"][1]["times"], 3);
  EXPECT_EQ(out["splits"][2]["first_time"], "2008-01-01");
}

TEST(Ask, ShowsListsAndForecasts) {
  // As many labels as the SQL of the task driver-circuit-compete gives.
  const Json lists =
      Json::parse(print({"PREDICT LIST_DISTINCT(results.raceId.circuitId, 0, 365, days) RANK TOP "
                         "10 FOR EACH drivers.driverId",
                         "--json"}));
  EXPECT_EQ(lists["kind"], "ranking");
  EXPECT_EQ(lists["task_type"], "link_prediction");
  EXPECT_EQ(lists["empty_windows"], "dropped");
  EXPECT_EQ(lists["cannot_fit"], "");
  EXPECT_GT(lists["splits"][0]["labels"], 1000);
  EXPECT_EQ(lists["rows"][0]["label"].get<std::string>().front(), '[');
  const Json frames = Json::parse(print(
      {"PREDICT SUM(results.points, 0, 30, days) FORECAST 3 TIMEFRAMES FOR EACH drivers.driverId",
       "--json"}));
  EXPECT_EQ(frames["kind"], "forecast");
  EXPECT_EQ(frames["horizon"], "90 days");
  EXPECT_EQ(frames["rows"][0]["frame"], 1);
  EXPECT_EQ(frames["rows"][1]["frame"], 2);
}

TEST(Ask, ChecksTheQuestionBeforeTheSourceIsOpened) {
  AskOptions options;
  options.source.source = "absent";
  options.question = "PREDICT";
  try {
    ask(options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("line 1, column 8: expected an aggregation"));
  }
}

TEST(Ask, PointsIntoAQuestionThatIsWrong) {
  AskOptions options;
  options.source.source = std::string(CENOTE_SOURCE_DIR) + "/examples/f1";
  options.question = "PREDICT MIN(qualifing.position, 0, 30, days) <= 3 FOR EACH drivers.driverId";
  try {
    ask(options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("line 1, column 13: no table 'qualifing'; did you mean 'qualifying'?"));
    EXPECT_THAT(error.what(), HasSubstr("\n              ^^^^^^^^^"));
  }
}

}  // namespace
}  // namespace cenote
