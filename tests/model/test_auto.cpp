// SPDX-License-Identifier: Apache-2.0
// The entry; what it does is tested in tests/engine/test_search.cpp.
#include <gtest/gtest.h>

#include <set>

#include "engine/trained.h"

namespace cenote {
namespace {

std::string error_with(const TextPairs& set) {
  try {
    apply_options("auto", set);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Auto, BeginsWithTheConstantAndTriesEachModelOnce) {
  const ModelEntry& entry = model_registry().at("auto");
  EXPECT_TRUE(entry.has_members());
  const auto names = member_names(Options(entry.info.options));
  EXPECT_EQ(names.at(0), "constant");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const std::string& name : names) EXPECT_FALSE(model_registry().at(name).has_members());
}

TEST(Auto, OptionsOfMembersAreChecked) {
  EXPECT_EQ(error_with({{"model.sage.epochs", "3"}, {"model.boost.rounds", "9"}}), "");
  EXPECT_EQ(error_with({{"models", "boost,sage"}}), "");
  EXPECT_NE(error_with({{"models", "boost,sagee"}}).find("sage"), std::string::npos);
  EXPECT_NE(error_with({{"models", "auto"}}), "");
  EXPECT_NE(error_with({{"model.sage.epohs", "3"}}).find("epochs"), std::string::npos);
  EXPECT_NE(error_with({{"model.sage", "3"}}).find("model.NAME.OPTION"), std::string::npos);
  EXPECT_NE(error_with({{"model.auto.models", "sage"}}), "");
  EXPECT_NE(error_with({{"epochs", "3"}}).find("model.relgnn.epochs"), std::string::npos);
  EXPECT_NE(error_with({{"epohs", "3"}}).find("have: models, keep"), std::string::npos);
}

}  // namespace
}  // namespace cenote
