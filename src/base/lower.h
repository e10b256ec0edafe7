// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace cenote {

/// ASCII letters as small ones, every other byte as it is: what SQL compares names by.
inline std::string to_lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

}  // namespace cenote
