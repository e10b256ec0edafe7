// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of tensors, which is what a model is. The reader refuses a file whose hash is wrong at its end,
// so what it checks before is what is tried here.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int file = ::memfd_create("fuzzed", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (::ftruncate(file, 0) != 0) return 0;
  if (::pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) return 0;
  try {
    cenote::read_safetensors(path);
  } catch (const cenote::Error& error) {
    if (error.code() == cenote::ErrorCode::internal) __builtin_trap();
  }
  return 0;
}
