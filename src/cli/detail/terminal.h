// SPDX-License-Identifier: Apache-2.0
// Text for people: tables that fit the terminal, numbers with separators, names made printable.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace cenote {

/// Columns of a terminal; 80 for anything else, at most 120.
int terminal_width(std::FILE* file);
bool is_terminal(std::FILE* file);

/// Control characters as \x1b: a name in a database must not command the terminal. Bytes that are no
/// UTF-8 likewise.
std::string printable(std::string_view text);
/// Characters, not bytes: what a column takes on the screen, near enough.
int display_width(std::string_view text);
/// Breaks at spaces so that no line is wider; words that are too long stay whole.
std::vector<std::string> wrap_text(std::string_view text, int width);

std::string format_count(int64_t n);          // 20323 -> "20,323"
std::string format_percent(double fraction);  // 0.857 -> "85.7 %", 0 -> "0 %"

/// Rows under a head; columns as wide as they need, the last one wrapped to what is left.
class TextTable {
 public:
  struct Head {
    std::string title;
    bool right = false;
  };
  explicit TextTable(std::vector<Head> heads) : heads_(std::move(heads)) {}
  void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string render(int width, std::string_view indent = "") const;

 private:
  std::vector<Head> heads_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cenote
