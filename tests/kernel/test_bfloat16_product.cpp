// SPDX-License-Identifier: Apache-2.0
#include "kernel/bfloat16_product.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"

namespace cenote {
namespace {

std::vector<float> numbers(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> out(static_cast<size_t>(count));
  for (float& value : out) value = static_cast<float>(random.uniform() * 2 - 1);
  return out;
}

const StridedMatrix<float> kNoStart{nullptr, 0, 1};

/// 8 bits of mantissa: 1 + 2^-8 lies in the middle of two numbers, of which 1 is even; 1 + 3 * 2^-8 too, of which 1 + 2^-6
/// is even.
TEST(Bfloat16Product, RoundsToNearestTiesToEven) {
  const std::vector<float> values{1 + 1.0f / 256, 1 + 3.0f / 256, 1 + 1.0f / 256 + 1e-6f, -1.001f};
  const std::vector<float> wanted{1, 1 + 1.0f / 64, 1 + 1.0f / 128, -1};
  const float one = 1;
  for (const auto multiplied : {multiply_bfloat16, multiply_bfloat16_plain}) {
    std::vector<float> out(values.size());
    multiplied(4, 1, 1, {values.data(), 1, 1}, {&one, 1, 1}, kNoStart, out.data());
    EXPECT_EQ(out, wanted);
    multiplied(1, 1, 4, {&one, 1, 1}, {values.data(), 4, 1}, kNoStart, out.data());
    EXPECT_EQ(out, wanted);
  }
}

/// Sums of k products of at most 1, each rounded to 2^-24 of it.
TEST(Bfloat16Product, IsThePlainOne) {
  for (const int64_t n : {0, 1, 15, 16, 17, 32, 33, 70}) {
    for (const int64_t k : {0, 1, 7, 32, 128, 131}) {
      for (const int64_t m : {0, 1, 16, 17, 32, 64, 131}) {
        const auto a = numbers(n * k, 1), b = numbers(k * m, 2), bias = numbers(m, 3);
        for (const StridedMatrix<float>& left :
             {StridedMatrix<float>{a.data(), k, 1}, StridedMatrix<float>{a.data(), 1, n}}) {
          for (const StridedMatrix<float>& right :
               {StridedMatrix<float>{b.data(), m, 1}, StridedMatrix<float>{b.data(), 1, k}}) {
            for (int start = 0; start < 3; ++start) {
              auto out = numbers(n * m, 4), wanted = out;
              const auto from = [&](const std::vector<float>& own) {
                return start == 0   ? kNoStart
                       : start == 1 ? StridedMatrix<float>{bias.data(), 0, 1}
                                    : StridedMatrix<float>{own.data(), m, 1};
              };
              multiply_bfloat16(n, k, m, left, right, from(out), out.data());
              multiply_bfloat16_plain(n, k, m, left, right, from(wanted), wanted.data());
              for (size_t i = 0; i < wanted.size(); ++i)
                ASSERT_NEAR(out[i], wanted[i], 1e-7 * static_cast<double>(k + 1))
                    << n << " " << k << " " << m << " " << i;
            }
          }
        }
      }
    }
  }
}

TEST(Bfloat16Product, ARowsBytesDoNotDependOnThoseBeside) {
  constexpr int64_t kRows = 45, kInner = 50, kColumns = 90;
  auto a = numbers(kRows * kInner, 1);
  const auto b = numbers(kInner * kColumns, 2);
  std::vector<float> all(kRows * kColumns), alone(kColumns);
  const auto multiplied = [&] {
    multiply_bfloat16(kRows, kInner, kColumns, {a.data(), kInner, 1}, {b.data(), kColumns, 1},
                      kNoStart, all.data());
  };
  multiplied();
  for (int64_t row = 0; row < kRows; ++row) {
    multiply_bfloat16(1, kInner, kColumns, {a.data() + row * kInner, kInner, 1},
                      {b.data(), kColumns, 1}, kNoStart, alone.data());
    for (int64_t c = 0; c < kColumns; ++c) ASSERT_EQ(alone[c], all[row * kColumns + c]);
  }
  // What is no number stays in its row.
  const auto before = all;
  a[7 * kInner + 3] = std::numeric_limits<float>::quiet_NaN();
  a[9 * kInner] = std::numeric_limits<float>::infinity();
  multiplied();
  for (int64_t i = 0; i < kRows * kColumns; ++i) {
    const int64_t row = i / kColumns;
    if (row == 7 || row == 9) {
      EXPECT_FALSE(std::isfinite(all[i])) << i;
    } else {
      EXPECT_EQ(all[i], before[i]) << i;
    }
  }
}

}  // namespace
}  // namespace cenote
