// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cenote/error.h"

namespace cenote {
namespace {

std::string error_of(const std::string& text, int deepest = kDeepestJson) {
  try {
    parse_json(text, "x.json", deepest);
  } catch (const Error& e) {
    return std::string(to_string(e.code())) + ": " + e.what();
  }
  return "";
}

TEST(JsonText, IsRead) {
  EXPECT_EQ(parse_json(R"({"a": [1, {"b": null}]})", "x.json").at("a").at(0), 1);
  EXPECT_EQ(parse_json(R"("[[[[\"[[")", "x.json", 0), "[[[[\"[[");  // brackets in a text are none
}

TEST(JsonText, ThatIsNoneIsNamed) {
  for (const char* text : {"", "{", "{]", "[1] 2", "\"\xff\"", "]"})
    EXPECT_EQ(error_of(text), "bad_input: x.json: is not valid JSON") << text;
}

TEST(JsonText, IsBoundedInDepth) {
  EXPECT_EQ(error_of("[[{}]]", 3), "");
  EXPECT_EQ(error_of("[[{}]]", 2),
            "bad_input: x.json: is nested too deeply: at most 2 levels are read");
  const size_t many = 1'000'000;
  EXPECT_NE(error_of(std::string(many, '[') + std::string(many, ']')), "");
  EXPECT_NE(error_of(std::string(many, '[')), "");
}

}  // namespace
}  // namespace cenote
