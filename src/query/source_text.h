// SPDX-License-Identifier: Apache-2.0
// The text of a question, and how an error points into it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "cenote/error.h"

namespace cenote::query {

/// Bytes [begin, end) of a question.
struct Span {
  int64_t begin = 0, end = 0;
};

/// From the begin of one to the end of the other.
inline Span join(Span first, Span last) { return {first.begin, last.end}; }

/// What an error says, before the place is added: "line 1, column 9: <message>", then the line and a caret.
///
/// Columns are counted in characters from 1. Of a line longer than a screen the part around the place is
/// shown; a tab is shown as one blank.
std::string message_at(std::string_view text, Span place, std::string_view message);

/// Throws Error(code) with message_at().
[[noreturn]] void refuse(std::string_view text, Span place, ErrorCode code,
                         std::string_view message);

/// The same with a format; code bad_input.
template <class... Args>
[[noreturn]] void refuse_at(std::string_view text, Span place, fmt::format_string<Args...> format,
                            Args&&... args) {
  refuse(text, place, ErrorCode::bad_input, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace cenote::query
