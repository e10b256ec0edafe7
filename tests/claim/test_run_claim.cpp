// SPDX-License-Identifier: Apache-2.0
// Claims made for the test: what is run, judged, skipped, written and read back.
#include "claim/run_claim.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "claim/results.h"

namespace cenote {
namespace {

using testing::HasSubstr;

Figures seed_figures(const ClaimRun& run) {
  run.check_cancelled();
  Figures out;
  out.add("seed", static_cast<double>(run.seed));
  out.add("line at 1", run.quick ? 10 : 20);
  out.add("line at 2.5", 30);
  return out;
}

ClaimEntry example() {
  return {.info = {.summary = "Seeds count up.", .source = "here", .example = "none"},
          .setting = "nothing",
          .departs = "nothing",
          .conditions = {{"line at 1", Bound::at_least, 20, 10}},
          .seeds = 4,
          .chart = ClaimChart{"A line", "x", "y", {"line"}, {1, 2.5}},
          .run = seed_figures};
}

TEST(RunClaim, SeedsAreInOrderOnAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3}) {
    const ClaimResult result = run_claim("001_example", example(), {.threads = threads});
    EXPECT_EQ(result.figure("seed"), (std::vector<double>{0, 1, 2, 3}));
    EXPECT_EQ(result.verdict, Verdict::holds);
    EXPECT_EQ(result.seeds, 4);
  }
}

TEST(RunClaim, QuickRunsAreTold) {
  const ClaimResult quick = run_claim("001_example", example(), {.quick = true});
  EXPECT_EQ(quick.seeds, 1);
  EXPECT_EQ(quick.verdict, Verdict::holds);
  EXPECT_EQ(quick.conditions[0].threshold, 10);
  ClaimEntry slow = example();
  slow.quick_seeds = 0;
  EXPECT_EQ(run_claim("001_example", slow, {.quick = true}).verdict, Verdict::skipped);
}

TEST(RunClaim, MissingDataSkip) {
  ClaimEntry claim = example();
  claim.data = {"not/there.csv"};
  const TemporaryFolder folder;
  const ClaimResult result = run_claim("001_example", claim, {.data = folder.path()});
  EXPECT_EQ(result.verdict, Verdict::skipped);
  EXPECT_THAT(result.reason, HasSubstr("not/there.csv"));
  EXPECT_EQ(result.seeds, 0);
}

TEST(RunClaim, StopsWhenAsked) {
  Hooks hooks;
  hooks.cancelled = [] { return true; };
  try {
    run_claim("001_example", example(), {}, hooks);
    ADD_FAILURE() << "not stopped";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

TEST(RunClaim, FiguresHaveNamesOfTheirOwn) {
  Figures figures;
  figures.add("a", 1);
  EXPECT_THROW(figures.add("a", 2), Error);
  EXPECT_THROW(figures.at("b"), Error);
}

TEST(ClaimResults, AreReadAsTheyWereWritten) {
  const ClaimResult result = run_claim("001_example", example(), {.threads = 2});
  const TemporaryFolder folder;
  write_claim_result(folder.path(), example(), result);
  const std::string text = read_file(folder.path() / "001_example.json");
  const ClaimResult again = claim_result_from(text, "file");
  EXPECT_EQ(to_json(again).dump(), to_json(result).dump());
  const std::string chart = read_file(folder.path() / "001_example.svg");
  EXPECT_THAT(chart, HasSubstr("A line"));
  EXPECT_THAT(chart, HasSubstr("xmlns=\"http://www.w3.org/2000/svg\""));
}

TEST(ClaimResults, OtherFilesAreRefused) {
  for (const char* text : {"", "[]", "{}", R"({"name": 3})"})
    EXPECT_THROW(claim_result_from(text, "file"), Error) << text;
}

}  // namespace
}  // namespace cenote
