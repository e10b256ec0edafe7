// SPDX-License-Identifier: Apache-2.0
// Every claim of the registry: run quickly, and beside its recorded result.
#include <gtest/gtest.h>

#include "base/files.h"
#include "claim/results.h"
#include "test_paths.h"

namespace cenote {
namespace {

const std::filesystem::path kRoot = CENOTE_SOURCE_DIR;

std::filesystem::path data_folder() {
  const char* folder = std::getenv("CENOTE_DATA");
  return folder != nullptr && *folder != '\0' ? folder
                                              : (kRoot / ".." / "shared" / "data").string();
}

class Claims : public testing::TestWithParam<std::string> {
 protected:
  const ClaimEntry& claim() const { return claim_registry().at(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Registry, Claims, testing::ValuesIn(claim_registry().names()),
                         [](const auto& info) { return "c" + info.param; });

TEST_P(Claims, SaysWhatItIs) {
  EXPECT_GT(claim_number(GetParam()), 0);
  EXPECT_FALSE(claim().info.summary.empty());
  EXPECT_FALSE(claim().info.source.empty());
  EXPECT_FALSE(claim().setting.empty());
  EXPECT_FALSE(claim().departs.empty());
  EXPECT_FALSE(claim().conditions.empty());
}

TEST_P(Claims, HasAFullResult) {
  const auto path = kRoot / "claims" / "results" / (GetParam() + ".json");
  ASSERT_TRUE(std::filesystem::exists(path))
      << "run: build/cenote claim " << GetParam() << " --out claims/results --page docs/claims.md";
  const ClaimResult result = claim_result_from(read_file(path), path.string());
  EXPECT_FALSE(result.quick);
  ASSERT_EQ(result.conditions.size(), claim().conditions.size());
  std::vector<JudgedCondition> judged;
  for (size_t i = 0; i < claim().conditions.size(); ++i) {
    // The thresholds are those of the file, and the verdict is that of the figures.
    EXPECT_EQ(result.conditions[i].threshold, claim().conditions[i].threshold);
    judged.push_back(
        judge(claim().conditions[i], false, result.figure(claim().conditions[i].figure)));
  }
  EXPECT_EQ(judge_all(judged).verdict, result.verdict);
  EXPECT_EQ(judge_all(judged).reason, result.reason);
}

TEST_P(Claims, AQuickRunAgrees) {
  const ClaimResult quick =
      run_claim(GetParam(), claim(), {.quick = true, .data = data_folder(), .threads = 2});
  if (quick.verdict == Verdict::skipped) GTEST_SKIP() << quick.reason;
  const auto path = kRoot / "claims" / "results" / (GetParam() + ".json");
  const ClaimResult full = claim_result_from(read_file(path), path.string());
  // What holds in full holds quickly; what does not may do either.
  if (full.verdict == Verdict::holds) {
    EXPECT_EQ(quick.verdict, Verdict::holds) << quick.reason;
  }
  RecordProperty("verdict", verdict_name(quick.verdict));
}

TEST(ClaimsPage, IsMadeFromTheResults) {
  const std::string page =
      claims_page(read_claim_results(kRoot / "claims" / "results"), "../claims/results");
  EXPECT_EQ(page, read_file(kRoot / "docs" / "claims.md"))
      << "run: build/cenote claim --out claims/results --page docs/claims.md";
}

}  // namespace
}  // namespace cenote
