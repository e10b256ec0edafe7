// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "base/utf8.h"

namespace cenote {
namespace {

constexpr int kNarrowestLastColumn = 24;

}  // namespace

bool is_terminal(std::FILE* file) { return ::isatty(::fileno(file)) == 1; }

int terminal_width(std::FILE* file) {
  winsize size{};
  if (!is_terminal(file) || ::ioctl(::fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return std::clamp<int>(size.ws_col, 40, 120);
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length);
    // On a terminal a line feed or a tab within a name would command too.
    if (length == 0 || text[0] == '\n' || text[0] == '\t' || utf8_commands(character)) {
      for (size_t i = 0; i < std::max<size_t>(length, 1); ++i) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
      }
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

int display_width(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::vector<std::string> wrap_text(std::string_view text, int width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!word.empty()) line += (line.empty() ? "" : " ") + std::string(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!line.empty() || lines.empty()) lines.push_back(line);
  return lines;
}

std::string format_count(int64_t n) {
  std::string digits = std::to_string(n < 0 ? -n : n);
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(digits.begin() + at, ',');
  return n < 0 ? "-" + digits : digits;
}

std::string format_percent(double fraction) {
  if (fraction == 0) return "0 %";
  const double percent = 100 * fraction;
  if (percent < 0.1) return "<0.1 %";
  return fraction < 1 && percent > 99.9 ? ">99.9 %" : fmt::format("{:.1f} %", percent);
}

std::string TextTable::render(int width, std::string_view indent) const {
  std::vector<int> widths;
  for (size_t i = 0; i < heads_.size(); ++i) {
    int widest = display_width(heads_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[i]));
    widths.push_back(widest);
  }
  int used = static_cast<int>(indent.size());
  for (size_t i = 0; i + 1 < widths.size(); ++i) used += widths[i] + 2;
  const int last = std::max(width - used, kNarrowestLastColumn);
  std::string out;
  const auto add = [&](const std::vector<std::string>& cells) {
    const auto lines = wrap_text(cells.back(), last);
    for (size_t n = 0; n < lines.size(); ++n) {
      std::string line(indent);
      for (size_t i = 0; i + 1 < cells.size(); ++i) {
        const std::string& cell = n == 0 ? cells[i] : std::string();
        const std::string space(static_cast<size_t>(widths[i] - display_width(cell)), ' ');
        line += (heads_[i].right ? space + cell : cell + space) + "  ";
      }
      line += lines[n];
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
  };
  std::vector<std::string> titles;
  for (const Head& head : heads_) titles.push_back(head.title);
  add(titles);
  for (const auto& row : rows_) add(row);
  return out;
}

}  // namespace cenote
