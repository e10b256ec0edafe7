// SPDX-License-Identifier: Apache-2.0
// 64-bit hashing of bytes, the same on every machine and in every version: file formats, hashed
// vocabularies and the keys of random draws depend on it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace cenote {

/// SplitMix64's finaliser: a bijection in which every output bit depends on every input bit.
/// Source    Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
constexpr uint64_t mix64(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

constexpr uint64_t hash_combine(uint64_t a, uint64_t b) {
  return mix64(a * 0x9e3779b97f4a7c15ULL + mix64(b + 0x9e3779b97f4a7c15ULL));
}

/// Of the bytes and their number. Little-endian machines only, as everything here.
inline uint64_t hash_bytes(std::string_view bytes, uint64_t seed = 0) {
  uint64_t h = mix64(seed ^ (0x9e3779b97f4a7c15ULL + bytes.size()));
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    h = hash_combine(h, word);
  }
  if (i < bytes.size()) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, bytes.size() - i);
    h = hash_combine(h, word);
  }
  return h;
}

}  // namespace cenote
