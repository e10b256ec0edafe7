// SPDX-License-Identifier: Apache-2.0
// Any bytes as the manifest of a dataset folder.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "schema/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    cenote::parse_manifest({reinterpret_cast<const char*>(data), size}, "manifest.yaml");
  } catch (const cenote::Error& error) {
    if (error.code() == cenote::ErrorCode::internal) __builtin_trap();
  }
  return 0;
}
