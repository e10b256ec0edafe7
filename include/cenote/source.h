// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace cenote {

/// Which database, and how to read it.
struct SourceOptions {
  std::string source;    // path or postgres:// URL
  std::string manifest;  // a manifest to use instead of the source's own; may be empty
  std::string on_duplicate_key = "error";  // error | first
  std::string val_timestamp;               // override the manifest's split times; may be empty
  std::string test_timestamp;
};

}  // namespace cenote
