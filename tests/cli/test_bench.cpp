// SPDX-License-Identifier: Apache-2.0
#include "program.h"

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

TEST(Bench, MistakesAreNamed) {
  EXPECT_EQ(run_cenote({"bench"}).code, 2);
  EXPECT_EQ(run_cenote({"bench", "everything"}).code, 2);
  const Outcome outcome = run_cenote({"bench", "pools", "--pool", "meen"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("'mean'"), std::string::npos) << outcome.err;
  EXPECT_EQ(run_cenote({"bench", "pools", "--shape", "flat"}).code, 1);
}

}  // namespace
}  // namespace cenote
