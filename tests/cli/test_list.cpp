// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "program.h"

namespace cenote {
namespace {

TEST(List, NamesTheEntriesOfAKind) {
  const Outcome outcome = run_cenote({"list", "model"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* name : {"constant", "entity_mean", "sage"})
    EXPECT_NE(outcome.out.find(name), std::string::npos);
  expect_fits_terminal(outcome.out);
  expect_fits_terminal(run_cenote({"list"}).out);
}

TEST(List, JsonHoldsOptionsWithRanges) {
  const auto kinds = run_cenote({"list", "--json"}).json().at("kinds");
  ASSERT_EQ(kinds.size(), 8u);
  const auto model = std::find_if(kinds.begin(), kinds.end(),
                                  [](const auto& kind) { return kind.at("name") == "model"; });
  ASSERT_NE(model, kinds.end());
  bool found = false;
  for (const auto& entry : model->at("entries")) {
    EXPECT_FALSE(entry.at("summary").get<std::string>().empty());
    if (entry.at("name") != "sage") continue;
    for (const auto& option : entry.at("options")) {
      if (option.at("name") != "channels") continue;
      found = true;
      EXPECT_EQ(option.at("type"), "integer");
      EXPECT_GE(option.at("max"), option.at("default"));
    }
  }
  EXPECT_TRUE(found);
}

TEST(List, NamesTheNearestKind) {
  expect_refused(run_cenote({"list", "modle"}), 2, {"'modle'", "did you mean 'model'"});
}

}  // namespace
}  // namespace cenote
