// SPDX-License-Identifier: Apache-2.0
#include "program.h"

namespace cenote {
namespace {

TEST(Claim, ListsWhatThereIs) {
  const Outcome outcome = run_cenote({"claim", "--list", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json().at("claims").at(0).at("name").get<std::string>().size() > 4, true);
  EXPECT_NE(run_cenote({"claim", "--list"}).out.find("006_same_row"), std::string::npos);
}

TEST(Claim, WritesResultAndPage) {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "results").string(),
                    page = (folder.path() / "claims.md").string();
  const Outcome outcome = run_cenote(
      {"claim", "6", "--quick", "--seeds", "1", "--out", out, "--page", page, "--quiet", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto claim = outcome.json().at("claims").at(0);
  EXPECT_EQ(claim.at("name"), "006_same_row");
  EXPECT_EQ(claim.at("verdict"), "holds");
  EXPECT_NE(read_file(page).find("006_same_row"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(out + "/006_same_row.json"));
}

TEST(Claim, MistakesAreNamed) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"claim"},
                                                {"claim", "999"},
                                                {"claim", "no_such"},
                                                {"claim", "6", "--page", "x.md"},
                                                {"claim", "all", "--budget", "soon"}}) {
    const Outcome outcome = run_cenote(words);
    EXPECT_EQ(outcome.code, 2) << outcome.out;
    EXPECT_FALSE(outcome.err.empty());
  }
}

}  // namespace
}  // namespace cenote
