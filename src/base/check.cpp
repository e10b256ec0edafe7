// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cctype>
#include <cstdint>

namespace cenote {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_input: return "bad_input";
    case ErrorCode::bad_schema: return "bad_schema";
    case ErrorCode::bad_shape: return "bad_shape";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::database: return "database";
    case ErrorCode::io: return "io";
    case ErrorCode::memory: return "memory";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

std::string join_names(const std::vector<std::string>& names, size_t most) {
  std::string out;
  for (size_t i = 0; i < names.size() && i < most; ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  if (names.size() > most) out += fmt::format(", ... ({} in all)", names.size());
  return out;
}

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment); names are
/// short, so the plain table will do.
int64_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<int64_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& names) {
  struct Scored {
    int64_t distance, more;  // letters that differ, letters more or less
    std::string name;
  };
  std::vector<Scored> scored;
  const std::string wanted = lower(name.substr(0, 200));
  for (const auto& candidate : names) {
    const std::string have = lower(std::string_view(candidate).substr(0, 200));
    int64_t distance = edit_distance(wanted, have);
    if (wanted.size() >= 3 && have.find(wanted) != std::string::npos) distance = 1;
    const auto limit = static_cast<int64_t>(std::max<size_t>(1, wanted.size() / 3));
    if (distance <= limit) {
      const auto more = static_cast<int64_t>(have.size()) - static_cast<int64_t>(wanted.size());
      scored.push_back({distance, std::abs(more), candidate});
    }
  }
  std::stable_sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
    return std::pair(a.distance, a.more) < std::pair(b.distance, b.more);
  });
  std::vector<std::string> out;
  for (size_t i = 0; i < scored.size() && i < 3; ++i) out.push_back(scored[i].name);
  return out;
}

std::string choices_hint(std::string_view name, const std::vector<std::string>& names) {
  const auto near = nearest_names(name, names);
  std::string out;
  if (!near.empty()) out += fmt::format("did you mean '{}'? ", near.front());
  return out + "have: " + (names.empty() ? std::string("none") : join_names(names));
}

}  // namespace cenote
