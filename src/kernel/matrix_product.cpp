// SPDX-License-Identifier: Apache-2.0
#include "kernel/matrix_product.h"

#include <algorithm>
#include <vector>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_rows.h"

// As CENOTE_WIDE, but with fused multiplications: here every number is one chain of them, so there is no choice of
// which to fuse that could change a byte.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define CENOTE_FUSED                                                           \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), \
                 optimize("O3", "fp-contract=fast")))
#else
#define CENOTE_FUSED
#endif

namespace cenote {
namespace {

// Rows of a tile, and vectors of 64 bytes beside each other in it: many where there are 32 registers for them.
constexpr int kRows = 6, kWide = 4, kSmall = 1;

template <class Number>
[[gnu::always_inline]] inline StridedMatrix<Number> rows_from(const StridedMatrix<Number>& all,
                                                              int64_t i) {
  return {all.data == nullptr ? nullptr : all.data + i * all.row, all.row, all.column};
}

/// One tile: kTileRows rows, kVectors vectors of columns, held in registers while k runs.
template <int kTileRows, int kVectors, class Number>
[[gnu::always_inline]] inline void tile(int64_t k, const StridedMatrix<Number>& a, const Number* b,
                                        int64_t b_row, const StridedMatrix<Number>& start,
                                        Number* out, int64_t out_row) {
  using Vector = typename Lanes<Number>::Vector;
  constexpr int64_t kLanes = Lanes<Number>::kCount;
  Vector sum[kTileRows][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kTileRows; ++i) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      if (start.data != nullptr) {
        load(sum[i][v], start.data + i * start.row + v * kLanes);
      } else {
        sum[i][v] = Vector{};
      }
    }
  }
  for (int64_t j = 0; j < k; ++j) {
    Vector right[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) load(right[v], b + j * b_row + v * kLanes);
#pragma GCC unroll 8
    for (int i = 0; i < kTileRows; ++i) {
      const Number left = a.data[i * a.row + j * a.column];
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sum[i][v] += left * right[v];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kTileRows; ++i) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) store(out + i * out_row + v * kLanes, sum[i][v]);
  }
}

/// All rows of kVectors vectors of columns.
template <int kVectors, class Number>
CENOTE_FUSED void columns(int64_t n, int64_t k, const StridedMatrix<Number>& a, const Number* b,
                          int64_t b_row, const StridedMatrix<Number>& start, Number* out,
                          int64_t out_row) {
  int64_t i = 0;
  for (; i + kRows <= n; i += kRows)
    tile<kRows, kVectors>(k, rows_from(a, i), b, b_row, rows_from(start, i), out + i * out_row,
                          out_row);
  for (; i < n; ++i)
    tile<1, kVectors>(k, rows_from(a, i), b, b_row, rows_from(start, i), out + i * out_row,
                      out_row);
}

bool has_many_registers() {
#if defined(__x86_64__)
  static const bool many = __builtin_cpu_supports("avx512f");
  return many;
#else
  return true;
#endif
}

/// The last columns, fewer than a vector: on copies that are filled up with zeros.
template <class Number>
void last_columns(int64_t n, int64_t k, int64_t m, int64_t first, const StridedMatrix<Number>& a,
                  const Number* b, const StridedMatrix<Number>& start, Number* out) {
  constexpr int64_t kLanes = Lanes<Number>::kCount;
  thread_local std::vector<Number> right, sums;
  const int64_t left = m - first;
  right.assign(static_cast<size_t>(k * kLanes), 0);
  sums.assign(static_cast<size_t>(n * kLanes), 0);
  for (int64_t j = 0; j < k; ++j) std::copy_n(b + j * m + first, left, right.data() + j * kLanes);
  if (start.data != nullptr) {
    for (int64_t i = 0; i < n; ++i)
      std::copy_n(start.data + i * start.row + first, left, sums.data() + i * kLanes);
  }
  columns<kSmall, Number>(n, k, a, right.data(), kLanes, {sums.data(), kLanes, 1}, sums.data(),
                          kLanes);
  for (int64_t i = 0; i < n; ++i) std::copy_n(sums.data() + i * kLanes, left, out + i * m + first);
}

}  // namespace

template <class Number>
void multiply(int64_t n, int64_t k, int64_t m, const StridedMatrix<Number>& a, const Number* b,
              const StridedMatrix<Number>& start, Number* out) {
  constexpr int64_t kLanes = Lanes<Number>::kCount;
  const auto from = [&](int64_t column) {
    return StridedMatrix<Number>{start.data == nullptr ? nullptr : start.data + column, start.row,
                                 1};
  };
  int64_t at = 0;
  if (has_many_registers()) {
    for (; at + kWide * kLanes <= m; at += kWide * kLanes)
      columns<kWide, Number>(n, k, a, b + at, m, from(at), out + at, m);
  }
  for (; at + kLanes <= m; at += kLanes)
    columns<kSmall, Number>(n, k, a, b + at, m, from(at), out + at, m);
  if (at < m) last_columns(n, k, m, at, a, b, start, out);
}

template void multiply(int64_t, int64_t, int64_t, const StridedMatrix<float>&, const float*,
                       const StridedMatrix<float>&, float*);
template void multiply(int64_t, int64_t, int64_t, const StridedMatrix<double>&, const double*,
                       const StridedMatrix<double>&, double*);

}  // namespace cenote
