// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "program.h"
#include "test_paths.h"

namespace cenote {
namespace {

TEST(Bench, PoolsAreMeasuredBesideTheGatherLimit) {
  const Outcome outcome = run_cenote({"bench", "pools", "--shape", "small", "--pool", "mean",
                                      "--pool", "xattn", "--repeats", "2", "--json", "--quiet"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto timings = outcome.json().at("timings");
  ASSERT_EQ(timings.size(), 2u);
  EXPECT_EQ(timings[0].at("pool"), "mean");
  EXPECT_GT(timings[1].at("backward_seconds").get<double>(), 0);
  const Outcome table = run_cenote({"bench", "pools", "--shape", "small", "--pool", "mean"});
  EXPECT_NE(table.out.find("of gather"), std::string::npos);
}

TEST(Bench, PartsOfTheMainJobAreMeasuredBesideTheirLimits) {
  const std::vector<std::string> small{"--repeats",  "1",           "--quiet",
                                       "--set",      "channels=32", "--set",
                                       "fanout=4,4", "--set",       "blocks=1"};
  const auto measured = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "bench");
    words.insert(words.end(), small.begin(), small.end());
    words.push_back("--json");
    const Outcome outcome = run_cenote(words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.json().at("measurements");
  };
  for (const std::string part : {"ingest", "sample", "encode"}) {
    const auto all = measured({part, CENOTE_SOURCE_DIR "/examples/f1", "--task", "driver-top3"});
    ASSERT_GE(all.size(), 2u);
    for (const auto& one : all) {
      EXPECT_EQ(one.at("part"), part);
      EXPECT_GT(one.at("rate").get<double>(), 0);
    }
    EXPECT_GT(all[1].at("share_of_limit").get<double>(), 0);
  }
  const auto epoch = measured({"train", CENOTE_SOURCE_DIR "/examples/f1", "--task", "driver-top3"});
  ASSERT_EQ(epoch.size(), 8u);  // the whole and its phases
  double phases = 0;
  for (size_t i = 1; i < epoch.size(); ++i) phases += epoch[i].at("seconds").get<double>();
  EXPECT_LE(phases, 1.05 * epoch[0].at("seconds").get<double>());
  EXPECT_EQ(measured({"predict", CENOTE_SOURCE_DIR "/examples/f1", "--task", "driver-top3"}).size(),
            3u);
}

TEST(Bench, AnEarlierResultIsShownBeside) {
  const Outcome first = run_cenote({"bench", "limits", "--repeats", "1", "--json", "--quiet"});
  ASSERT_EQ(first.code, 0) << first.err;
  const std::string file = testing::TempDir() + "/bench.json";
  std::ofstream(file) << first.out;
  const Outcome second = run_cenote({"bench", "limits", "--repeats", "1", "--compare", file});
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_NE(second.out.find("(x "), std::string::npos) << second.out;
  std::ofstream(file) << "{}";
  const Outcome damaged = run_cenote({"bench", "limits", "--compare", file});
  EXPECT_EQ(damaged.code, 1);
  EXPECT_NE(damaged.err.find(file), std::string::npos) << damaged.err;
}

TEST(Bench, MistakesAreNamed) {
  EXPECT_EQ(run_cenote({"bench"}).code, 2);
  EXPECT_EQ(run_cenote({"bench", "everything"}).code, 2);
  const Outcome outcome = run_cenote({"bench", "pools", "--pool", "meen"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("'mean'"), std::string::npos) << outcome.err;
  EXPECT_EQ(run_cenote({"bench", "pools", "--shape", "flat"}).code, 1);
  const Outcome no_task = run_cenote({"bench", "sample", CENOTE_SOURCE_DIR "/examples/f1"});
  EXPECT_EQ(no_task.code, 2);
  EXPECT_NE(no_task.err.find("--task"), std::string::npos) << no_task.err;
  EXPECT_EQ(run_cenote({"bench", "train", "--set", "channels"}).code, 2);
  const Outcome links = run_cenote(
      {"bench", "train", CENOTE_SOURCE_DIR "/examples/f1", "--task", "driver-circuit-compete"});
  EXPECT_EQ(links.code, 1);
  EXPECT_NE(links.err.find("sage"), std::string::npos) << links.err;
  EXPECT_EQ(run_cenote({"bench", "limits", "--compare", "/no/such/file"}).code, 1);
}

}  // namespace
}  // namespace cenote
