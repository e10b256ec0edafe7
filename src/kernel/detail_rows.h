// SPDX-License-Identifier: Apache-2.0
// Rows that lie anywhere in memory: fetched before they are needed, and added in registers.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace cenote {
namespace {

/// A row is asked for so many links before its turn: some hundred nanoseconds, at the speed at which rows are added.
constexpr int64_t kLinksAhead = 12;

/// The row to ask for while link e is worked on. REQUIRES a link.
inline int64_t row_ahead(const std::vector<int64_t>& rows, int64_t e) {
  const auto last = static_cast<int64_t>(rows.size()) - 1;
  return rows[e + kLinksAhead < last ? e + kLinksAhead : last];
}

/// Asks for numbers that are about to be read.
template <class Number>
inline void fetch_row(const Number* row, int64_t width) {
  for (int64_t at = 0; at < width; at += 64 / static_cast<int64_t>(sizeof(Number)))
    __builtin_prefetch(row + at, 0);
}

/// The same for numbers that are about to be added to.
template <class Number>
inline void fetch_row_to_add(const Number* row, int64_t width) {
  for (int64_t at = 0; at < width; at += 64 / static_cast<int64_t>(sizeof(Number)))
    __builtin_prefetch(row + at, 1);
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
