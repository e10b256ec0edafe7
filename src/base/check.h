// SPDX-License-Identifier: Apache-2.0
// Raising errors: one function for what a user can cause, one macro for what only a programmer can.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cenote/error.h"

namespace cenote {

/// Throws Error(code) with the formatted message.
template <class... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

/// A condition that a user's input can break: CENOTE_CHECK(n > 0, bad_input, "n must be ..., got {}", n).
#define CENOTE_CHECK(condition, code, ...)                                    \
  do {                                                                        \
    if (!(condition)) ::cenote::fail(::cenote::ErrorCode::code, __VA_ARGS__); \
  } while (false)

/// A condition that only a bug in Cenote can break.
#define CENOTE_ASSERT(condition)                           \
  do {                                                     \
    if (!(condition))                                      \
      ::cenote::fail(::cenote::ErrorCode::internal,        \
                     "{}:{}: '{}' does not hold; this is " \
                     "a bug in Cenote, please report it",  \
                     __FILE__, __LINE__, #condition);      \
  } while (false)

/// "a, b, c" of a list of names; at most `most` of them, then ", ... (N in all)".
std::string join_names(const std::vector<std::string>& names, size_t most = 40);

/// The names that `name` was probably meant to be, nearest first, at most three.
std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& names);

/// "did you mean 'x'? have: a, b, c" - the tail of every unknown-name message.
std::string choices_hint(std::string_view name, const std::vector<std::string>& names);

}  // namespace cenote
