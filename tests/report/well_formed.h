// SPDX-License-Identifier: Apache-2.0
// Whether a page is what a parser expects: every tag is closed, in order, every quote is.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace cenote {

/// What is wrong with a page, "" if nothing is.
inline std::string fault_of(const std::string& page) {
  static const std::set<std::string> kEmpty{"meta", "br", "!DOCTYPE"};
  std::vector<std::string> open;
  for (size_t at = 0; (at = page.find('<', at)) != std::string::npos;) {
    if (!open.empty() && open.back() == "style" && page.compare(at, 8, "</style>") != 0) {
      ++at;
      continue;
    }
    bool quoted = false;
    size_t end = at + 1;
    while (end < page.size() && (quoted || page[end] != '>')) {
      if (page[end] == '"') quoted = !quoted;
      if (page[end] == '<') return "a '<' within a tag: " + page.substr(at, 80);
      ++end;
    }
    if (end == page.size()) return "a tag without an end: " + page.substr(at, 80);
    const bool closes = page[at + 1] == '/', alone = page[end - 1] == '/';
    const size_t name_at = at + (closes ? 2 : 1);
    const std::string name = page.substr(name_at, page.find_first_of(" />", name_at) - name_at);
    at = end;
    if (closes) {
      if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
      open.pop_back();
    } else if (!alone && !kEmpty.contains(name)) {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> is never closed";
}

}  // namespace cenote
