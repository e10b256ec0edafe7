// SPDX-License-Identifier: Apache-2.0
// Rows that lie anywhere in memory: fetched before they are needed, and added in registers.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernel/join.h"

namespace cenote {
namespace {

/// A row is asked for so many links before its turn: some hundred nanoseconds, at the speed at which rows are added.
constexpr int64_t kLinksAhead = 12;

/// Asks for a row, or a part of one, that is about to be read.
inline void fetch_row(const void* row, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += 64)
    __builtin_prefetch(static_cast<const char*>(row) + at, 0);
}

/// The same for one that is about to be added to.
inline void fetch_row_to_add(const void* row, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += 64)
    __builtin_prefetch(static_cast<const char*>(row) + at, 1);
}

/// The link whose row is to be asked for while link e is worked on.
inline int64_t link_ahead(int64_t e, int64_t links) {
  return e + kLinksAhead < links ? e + kLinksAhead : links - 1;
}

/// 64 bytes of numbers, which the compiler keeps in one, two or four registers.
template <class Number>
struct Lanes {
  typedef Number Vector __attribute__((vector_size(64)));
  static constexpr int64_t kCount = 64 / static_cast<int64_t>(sizeof(Number));
};

template <class Vector, class Number>
inline void load(Vector& to, const Number* from) {
  std::memcpy(&to, from, sizeof(Vector));
}
template <class Vector, class Number>
inline void store(Number* to, const Vector& from) {
  std::memcpy(to, &from, sizeof(Vector));
}

}  // namespace
}  // namespace cenote
