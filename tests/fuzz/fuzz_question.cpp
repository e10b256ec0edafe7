// SPDX-License-Identifier: Apache-2.0
// Any bytes as a question: understood, or one error that points into it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "query/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const cenote::Schema schema = cenote::shop_schema();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    cenote::read_question(text, schema);
  } catch (const cenote::Error& error) {
    if (error.code() == cenote::ErrorCode::internal) __builtin_trap();
  }
  return 0;
}
