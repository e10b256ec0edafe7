// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers, keyed by content.
//
// A draw is a pure function of (key, counter): no state, so the same draw comes out for any number of
// threads, any batch and any order. Keys are made from what the draw belongs to (seed number, entity
// key, time, epoch, link name, ...), never from an index.
#pragma once

#include <array>
#include <cstdint>

namespace cenote {

/// Philox-4x32 with 10 rounds.
/// Source    Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
inline std::array<uint32_t, 4> philox(uint64_t key, uint64_t counter_low,
                                      uint64_t counter_high = 0) {
  uint32_t c0 = static_cast<uint32_t>(counter_low), c1 = static_cast<uint32_t>(counter_low >> 32);
  uint32_t c2 = static_cast<uint32_t>(counter_high), c3 = static_cast<uint32_t>(counter_high >> 32);
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53u} * c0;
    const uint64_t p1 = uint64_t{0xCD9E8D57u} * c2;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(p1);
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {c0, c1, c2, c3};
}

/// A sequence of draws under one key.
///
/// Threads    a value; give each its own key instead of sharing one.
class Random {
 public:
  explicit Random(uint64_t key) : key_(key) {}

  uint32_t next32() {
    if (used_ == 4) {
      block_ = philox(key_, counter_++);
      used_ = 0;
    }
    return block_[used_++];
  }
  uint64_t next64() {
    const uint64_t high = next32();
    return (high << 32) | next32();
  }
  /// Uniform in [0, n), exactly: Lemire's multiply-shift with rejection. REQUIRES 0 < n.
  /// Source    Lemire 2019, arXiv:1805.10941.
  uint64_t below(uint64_t n) {
    if (n <= UINT32_MAX) {
      const auto bound = static_cast<uint32_t>(n);
      uint64_t product = uint64_t{next32()} * bound;
      auto low = static_cast<uint32_t>(product);
      if (low < bound) {
        const uint32_t threshold = (0u - bound) % bound;
        while (low < threshold) {
          product = uint64_t{next32()} * bound;
          low = static_cast<uint32_t>(product);
        }
      }
      return product >> 32;
    }
    __uint128_t product = static_cast<__uint128_t>(next64()) * n;
    auto low = static_cast<uint64_t>(product);
    if (low < n) {
      const uint64_t threshold = (0 - n) % n;
      while (low < threshold) {
        product = static_cast<__uint128_t>(next64()) * n;
        low = static_cast<uint64_t>(product);
      }
    }
    return static_cast<uint64_t>(product >> 64);
  }
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next64() >> 11) * 0x1.0p-53; }
  /// Standard normal, by the sum-free Box-Muller pair (one of the two is dropped).
  double normal();

 private:
  uint64_t key_;
  uint64_t counter_ = 0;
  std::array<uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace cenote
