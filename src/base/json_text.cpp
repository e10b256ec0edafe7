// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace cenote {
namespace {

/// The most brackets that are open at once, those in texts left out.
int64_t depth_of(std::string_view text) {
  int64_t depth = 0, most = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      most = std::max(most, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return most;
}

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& what, int deepest) {
  CENOTE_CHECK(depth_of(text) <= deepest, bad_input,
               "{}: is nested too deeply: at most {} levels are read", what, deepest);
  nlohmann::json out = nlohmann::json::parse(text, nullptr, false);
  CENOTE_CHECK(!out.is_discarded(), bad_input, "{}: is not valid JSON", what);
  return out;
}

}  // namespace cenote
