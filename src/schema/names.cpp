// SPDX-License-Identifier: Apache-2.0
#include "schema/names.h"

#include <algorithm>
#include <array>

namespace cenote {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::vector<std::string> name_words(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto flush = [&]() {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool other_script = static_cast<unsigned char>(c) >= 0x80;
    if (!is_upper(c) && !is_lower(c) && !is_digit(c) && !other_script) {
      flush();
      continue;
    }
    // A capital begins a word after a small letter ("raceId") and before one ("IDNumber" -> id, number).
    const bool after_small = i > 0 && (is_lower(name[i - 1]) || is_digit(name[i - 1]));
    const bool before_small =
        i > 0 && is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1]);
    if (is_upper(c) && (after_small || before_small)) flush();
    word += is_upper(c) ? static_cast<char>(c + 32) : c;
  }
  flush();
  return words;
}

std::string singular(std::string word) {
  const auto ends = [&](std::string_view suffix) {
    return word.size() > suffix.size() + 1 && word.ends_with(suffix);
  };
  if (ends("ies")) return word.substr(0, word.size() - 3) + "y";
  if (ends("ie"))
    return word.substr(0, word.size() - 2) + "y";  // movies, movie; to compare is enough
  for (const std::string_view suffix : {"sses", "shes", "ches", "xes", "zes", "uses"}) {
    if (ends(suffix)) return word.substr(0, word.size() - 2);
  }
  if (ends("ss") || ends("us") || ends("is")) return word;
  if (ends("s")) word.pop_back();
  return word;
}

bool is_code_name(std::string_view name) {
  static constexpr std::array<std::string_view, 20> kCodes{
      "id",   "ids",   "code",    "type",   "status",  "class",    "category",
      "kind", "group", "flag",    "zip",    "zipcode", "postcode", "gender",
      "sex",  "key",   "segment", "region", "state",   "uid"};
  const auto words = name_words(name);
  return !words.empty() && std::find(kCodes.begin(), kCodes.end(), words.back()) != kCodes.end();
}

}  // namespace cenote
