// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cenote {

/// What went wrong, as a program sees it. `internal` is a bug in Cenote and says so.
enum class ErrorCode {
  bad_input,
  bad_schema,
  bad_shape,
  not_found,
  unsupported,
  database,
  io,
  memory,
  cancelled,
  internal
};

/// The code as it is written everywhere: "bad_input", "not_found", ...
std::string_view to_string(ErrorCode code);

/// The one exception type that leaves the library.
///
/// what()     one line that names the thing, what it was and what it could have been.
/// context()  where it happened, innermost first ("reading table 'orders'").
/// Threads    a value; copy it freely.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const { return code_; }
  const std::vector<std::string>& context() const { return context_; }
  Error& add_context(std::string line) {
    context_.push_back(std::move(line));
    return *this;
  }

 private:
  ErrorCode code_;
  std::vector<std::string> context_;
};

}  // namespace cenote
