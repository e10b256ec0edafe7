// SPDX-License-Identifier: Apache-2.0
#include "query/source_text.h"

#include <algorithm>

namespace cenote::query {
namespace {

constexpr int64_t kShown = 120;  // characters of a line
constexpr int64_t kBefore = 80;  // of them before the place, if the line is longer

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), begins_character);
}

/// The first `count` characters.
std::string_view first_characters(std::string_view text, int64_t count) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (begins_character(text[at]) && count-- == 0) break;
  }
  return text.substr(0, at);
}

/// As many blanks as there are characters.
std::string blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (begins_character(c)) out += ' ';
  }
  return out;
}

}  // namespace

std::string message_at(std::string_view text, Span place, std::string_view message) {
  const auto size = static_cast<int64_t>(text.size());
  const int64_t begin = std::clamp<int64_t>(place.begin, 0, size);
  const auto line = std::count(text.begin(), text.begin() + begin, '\n') + 1;
  const size_t before = text.substr(0, static_cast<size_t>(begin)).rfind('\n');
  const size_t line_begin = before == std::string_view::npos ? 0 : before + 1;
  std::string_view shown = text.substr(line_begin);
  shown = shown.substr(0, shown.find('\n'));
  if (shown.ends_with('\r')) shown.remove_suffix(1);
  std::string_view left = text.substr(line_begin, static_cast<size_t>(begin) - line_begin);
  const int64_t column = characters(left) + 1;
  const int64_t line_end = static_cast<int64_t>(line_begin + shown.size());
  const int64_t end = std::clamp<int64_t>(place.end, begin, std::max(begin, line_end));
  std::string_view marked =
      text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));

  std::string head, tail;
  if (characters(shown) > kShown) {
    if (characters(left) > kBefore) {
      const auto skipped = first_characters(left, characters(left) - kBefore);
      left.remove_prefix(skipped.size());
      shown.remove_prefix(skipped.size());
      head = "...";
    }
    const auto kept = first_characters(shown, kShown);
    if (kept.size() < shown.size()) tail = "...";
    shown = kept;
    if (marked.size() > shown.size() - std::min(shown.size(), left.size()))
      marked = marked.substr(0, shown.size() - std::min(shown.size(), left.size()));
  }
  std::string printed(shown);
  std::replace(printed.begin(), printed.end(), '\t', ' ');
  return fmt::format(
      "line {}, column {}: {}\n  {}{}{}\n  {}{}{}", line, column, message, head, printed, tail,
      blanks(head), blanks(left),
      std::string(static_cast<size_t>(std::max<int64_t>(1, characters(marked))), '^'));
}

void refuse(std::string_view text, Span place, ErrorCode code, std::string_view message) {
  throw Error(code, message_at(text, place, message));
}

}  // namespace cenote::query
