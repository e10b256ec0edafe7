// SPDX-License-Identifier: Apache-2.0
#include "kernel/bfloat16_product.h"

#include <algorithm>
#include <bit>
#include <vector>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns of its own header (bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#define CENOTE_TILES                                                                        \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,amx-tile,amx-bf16"), \
                 optimize("O3")))
#endif

namespace cenote {
namespace {

float rounded(float value) {
  auto bits = std::bit_cast<uint32_t>(value);
  if (value == value) bits += 0x7fffu + ((bits >> 16) & 1u);
  return std::bit_cast<float>(bits & 0xffff0000u);
}

#if defined(CENOTE_TILES)

// A tile holds 16 rows of 64 bytes: 16 x 16 sums, or 16 rows (of b: columns) by 32 steps of k.
constexpr int64_t kTile = 16, kDepth = 32, kTileNumbers = kTile * kDepth;

bool ask_for_tiles() {
  constexpr long kAskForState = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         [] {
           unsigned a = 7, b = 0, c = 0, d = 0;
           __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
           return (d >> 22 & 1u) != 0 && (d >> 24 & 1u) != 0;  // AMX-BF16, AMX-TILE
         }() &&
         syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
}

/// The compiler does not know which memory tile instructions read and write.
inline void fence() { std::atomic_signal_fence(std::memory_order_seq_cst); }

struct alignas(64) TileShapes {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/// Sixteen rows of sixteen pairs become columns.
CENOTE_TILES inline void transpose(__m512i (&rows)[kTile]) {
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#pragma GCC unroll 4
  for (int step = 1; step < kTile; step *= 2) {
    // From both rows of a pair the lanes without that bit, then those with it.
    const __mmask16 with = _mm512_test_epi32_mask(lane, _mm512_set1_epi32(step));
    const __m512i low = _mm512_mask_add_epi32(lane, with, lane, _mm512_set1_epi32(16 - step));
    const __m512i high = _mm512_mask_add_epi32(_mm512_add_epi32(lane, _mm512_set1_epi32(step)),
                                               with, lane, _mm512_set1_epi32(16));
#pragma GCC unroll 16
    for (int i = 0; i < kTile; ++i) {
      if ((i & step) != 0) continue;
      const __m512i first = rows[i], second = rows[i + step];
      rows[i] = _mm512_permutex2var_epi32(first, low, second);
      rows[i + step] = _mm512_permutex2var_epi32(first, high, second);
    }
  }
}

/// Sixteen rows (of b: columns), `row` apart, by 32 steps of k, `step` apart, as a tile: of a by rows, of b by pairs of
/// steps. REQUIRES all of them to be there, and one of the distances to be 1.
CENOTE_TILES inline void pack_tile(const float* from, int64_t row, int64_t step, bool by_rows,
                                   uint16_t* to) {
  __m512i lines[kTile];
  if (step == 1) {  // lines are rows, of sixteen pairs
#pragma GCC unroll 16
    for (int i = 0; i < kTile; ++i) {
      const float* line = from + i * row;
      lines[i] = (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(line + kTile), _mm512_loadu_ps(line));
    }
  } else {  // lines are pairs of steps, of sixteen rows
#pragma GCC unroll 16
    for (int i = 0; i < kTile; ++i) {
      const float* line = from + 2 * i * step;
      const __m512i first =
          _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(line)));
      const __m512i second =
          _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(line + step)));
      lines[i] = _mm512_or_si512(first, _mm512_slli_epi32(second, 16));
    }
  }
  if (by_rows != (step == 1)) transpose(lines);
#pragma GCC unroll 16
  for (int i = 0; i < kTile; ++i) _mm512_store_si512(to + i * kDepth, lines[i]);
}

/// The same where only some rows and steps are there: the others are zero.
CENOTE_TILES void pack_part(const float* from, int64_t rows, int64_t row, int64_t steps,
                            int64_t step, bool by_rows, uint16_t* to) {
  if (rows == kTile && steps == kDepth) return pack_tile(from, row, step, by_rows, to);
  alignas(64) float filled[kTileNumbers] = {};
  const bool along_rows = step != 1;  // which of them has distance 1 in `filled`
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < steps; ++j)
      filled[along_rows ? j * kTile + i : i * kDepth + j] = from[i * row + j * step];
  }
  pack_tile(filled, along_rows ? 1 : kDepth, along_rows ? kTile : 1, by_rows, to);
}

/// Tiles of `rows` rows (of b: columns) in bfloat16, [rows / 16, steps / 32], both rounded up.
CENOTE_TILES void pack(const float* from, int64_t rows, int64_t row, int64_t steps, int64_t step,
                       bool by_rows, uint16_t* to) {
  for (int64_t i = 0; i < rows; i += kTile) {
    for (int64_t j = 0; j < steps; j += kDepth, to += kTileNumbers)
      pack_part(from + i * row + j * step, std::min(kTile, rows - i), row,
                std::min(kDepth, steps - j), step, by_rows, to);
  }
}

/// Sums of 32 rows by 32 columns: two tiles of a by two of b, `depth` tiles deep. `start_row` 0 starts every row alike.
CENOTE_TILES inline void add_products(int64_t depth, const uint16_t* a, const uint16_t* b,
                                      const float* start, int64_t start_row, float* out,
                                      int64_t out_row) {
  constexpr int64_t kFloat = sizeof(float), kLine = 64;
  const uint16_t *a_below = a + depth * kTileNumbers, *b_beside = b + depth * kTileNumbers;
  fence();
  if (start != nullptr) {
    const float* below = start + kTile * start_row;
    _tile_loadd(0, start, start_row * kFloat);
    _tile_loadd(1, start + kTile, start_row * kFloat);
    _tile_loadd(2, below, start_row * kFloat);
    _tile_loadd(3, below + kTile, start_row * kFloat);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t d = 0; d < depth * kTileNumbers; d += kTileNumbers) {
    _tile_loadd(4, a + d, kLine);
    _tile_loadd(6, b + d, kLine);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, b_beside + d, kLine);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, a_below + d, kLine);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  float* below = out + kTile * out_row;
  _tile_stored(0, out, out_row * kFloat);
  _tile_stored(1, out + kTile, out_row * kFloat);
  _tile_stored(2, below, out_row * kFloat);
  _tile_stored(3, below + kTile, out_row * kFloat);
  fence();
}

constexpr int64_t kBlock = 2 * kTile;

/// The same for fewer rows or columns.
CENOTE_TILES void add_some_products(int64_t depth, const uint16_t* a, const uint16_t* b,
                                    const StridedMatrix<float>& start, float* out, int64_t out_row,
                                    int64_t rows, int64_t columns) {
  alignas(64) float sums[kBlock * kBlock] = {};
  if (start.data != nullptr) {
    for (int64_t i = 0; i < rows; ++i)
      std::copy_n(start.data + i * start.row, columns, sums + i * kBlock);
  }
  add_products(depth, a, b, sums, kBlock, sums, kBlock);
  for (int64_t i = 0; i < rows; ++i) std::copy_n(sums + i * kBlock, columns, out + i * out_row);
}

/// Grows only, so that a steady loop asks the system for nothing; the numbers are aligned as tiles are.
class Packed {
 public:
  uint16_t* of(int64_t tiles) {
    if (std::ssize(lines_) < tiles * kTile) lines_.resize(static_cast<size_t>(tiles * kTile));
    return lines_.data()->numbers;
  }

 private:
  struct alignas(64) Line {
    uint16_t numbers[kDepth];
  };
  std::vector<Line> lines_;
};

int64_t rounded_up(int64_t count, int64_t to) { return (count + to - 1) / to * to; }

CENOTE_TILES void multiply_tiles(int64_t n, int64_t k, int64_t m, const StridedMatrix<float>& a,
                                 const StridedMatrix<float>& b, const StridedMatrix<float>& start,
                                 float* out) {
  thread_local Packed all_of_b, some_of_a;
  const int64_t depth = (k + kDepth - 1) / kDepth;
  uint16_t* right = all_of_b.of(depth * rounded_up(m, kBlock) / kTile);
  uint16_t* left = some_of_a.of(depth * kBlock / kTile);
  pack(b.data, m, b.column, k, b.row, false, right);
  const TileShapes shapes;
  fence();
  _tile_loadconfig(&shapes);
  for (int64_t i = 0; i < n; i += kBlock) {
    const int64_t rows = std::min(kBlock, n - i);
    pack(a.data + i * a.row, rows, a.row, k, a.column, true, left);
    for (int64_t j = 0; j < m; j += kBlock) {
      const uint16_t* beside = right + j / kTile * depth * kTileNumbers;
      const StridedMatrix<float> from{
          start.data == nullptr ? nullptr : start.data + i * start.row + j, start.row, 1};
      if (rows == kBlock && j + kBlock <= m) {
        add_products(depth, left, beside, from.data, from.row, out + i * m + j, m);
      } else {
        add_some_products(depth, left, beside, from, out + i * m + j, m, rows,
                          std::min(kBlock, m - j));
      }
    }
  }
  _tile_release();
}

#endif

}  // namespace

bool has_bfloat16_tiles() {
#if defined(CENOTE_TILES)
  static const bool granted = ask_for_tiles();
  return granted;
#else
  return false;
#endif
}

void multiply_bfloat16(int64_t n, int64_t k, int64_t m, const StridedMatrix<float>& a,
                       const StridedMatrix<float>& b, const StridedMatrix<float>& start,
                       float* out) {
#if defined(CENOTE_TILES)
  if (has_bfloat16_tiles()) return multiply_tiles(n, k, m, a, b, start, out);
#endif
  multiply_bfloat16_plain(n, k, m, a, b, start, out);
}

void multiply_bfloat16_plain(int64_t n, int64_t k, int64_t m, const StridedMatrix<float>& a,
                             const StridedMatrix<float>& b, const StridedMatrix<float>& start,
                             float* out) {
  thread_local std::vector<float> left, right;
  left.resize(static_cast<size_t>(n * k));
  right.resize(static_cast<size_t>(k * m));
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < k; ++j) left[i * k + j] = rounded(a.data[i * a.row + j * a.column]);
  }
  for (int64_t j = 0; j < k; ++j) {
    for (int64_t c = 0; c < m; ++c) right[j * m + c] = rounded(b.data[j * b.row + c * b.column]);
  }
  multiply<float>(n, k, m, {left.data(), k, 1}, right.data(), start, out);
}

}  // namespace cenote
