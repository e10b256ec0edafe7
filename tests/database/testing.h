// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share.
#pragma once

#include <functional>
#include <string>

#include "cenote/error.h"

namespace cenote {

/// The message of the Error that a call throws; "" if it throws none.
inline std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace cenote
