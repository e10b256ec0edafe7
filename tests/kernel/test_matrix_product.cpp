// SPDX-License-Identifier: Apache-2.0
#include "kernel/matrix_product.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace cenote {
namespace {

template <class Number>
std::vector<Number> numbers(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<Number> out(static_cast<size_t>(count));
  for (Number& value : out) value = static_cast<Number>(random.uniform() * 2 - 1);
  return out;
}

/// The plain version, in double.
template <class Number>
std::vector<double> plain(int64_t n, int64_t k, int64_t m, const StridedMatrix<Number>& a,
                          const Number* b, const StridedMatrix<Number>& start) {
  std::vector<double> out;
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t c = 0; c < m; ++c) {
      double sum = start.data == nullptr ? 0 : start.data[i * start.row + c * start.column];
      for (int64_t j = 0; j < k; ++j)
        sum += static_cast<double>(a.data[i * a.row + j * a.column]) * b[j * m + c];
      out.push_back(sum);
    }
  }
  return out;
}

/// Each of k + 1 additions rounds a sum of some tens at most.
template <class Number>
void expect_plain(double rounding) {
  for (const int64_t n : {0, 1, 5, 6, 13}) {
    for (const int64_t k : {0, 1, 7, 128}) {
      for (const int64_t m : {0, 1, 8, 15, 16, 17, 64, 128, 131}) {
        const auto a = numbers<Number>(n * k, 1), b = numbers<Number>(k * m, 2),
                   bias = numbers<Number>(m, 3);
        const StridedMatrix<Number> rows{a.data(), k, 1}, columns{a.data(), 1, n};
        for (const auto& left : {rows, columns}) {
          auto out = numbers<Number>(n * m, 4);
          const auto check = [&](const StridedMatrix<Number>& start) {
            const auto wanted = plain(n, k, m, left, b.data(), start);
            multiply(n, k, m, left, b.data(), start, out.data());
            for (size_t i = 0; i < wanted.size(); ++i)
              ASSERT_NEAR(out[i], wanted[i], rounding * static_cast<double>(k + 1))
                  << n << " " << k << " " << m << " " << i;
          };
          check({nullptr, 0, 1});
          check({bias.data(), 0, 1});
          check({out.data(), m, 1});
        }
      }
    }
  }
}

TEST(MatrixProduct, IsThePlainOne) {
  expect_plain<float>(2e-6);
  expect_plain<double>(4e-15);
}

TEST(MatrixProduct, ARowsAndAColumnsBytesDoNotDependOnThoseBeside) {
  constexpr int64_t kRows = 20, kInner = 50, kColumns = 90;
  const auto a = numbers<float>(kRows * kInner, 1), b = numbers<float>(kInner * kColumns, 2);
  std::vector<float> all(kRows * kColumns), some(all.size());
  multiply<float>(kRows, kInner, kColumns, {a.data(), kInner, 1}, b.data(), {nullptr, 0, 1},
                  all.data());
  for (const int64_t row : {0, 3, 18, 19}) {
    multiply<float>(1, kInner, kColumns, {a.data() + row * kInner, kInner, 1}, b.data(),
                    {nullptr, 0, 1}, some.data());
    for (int64_t c = 0; c < kColumns; ++c) ASSERT_EQ(some[c], all[row * kColumns + c]);
  }
  // Its columns from `from` on alone.
  for (const int64_t from : {1, 16, 63, 80}) {
    const int64_t left = kColumns - from;
    std::vector<float> right;
    for (int64_t j = 0; j < kInner; ++j)
      right.insert(right.end(), b.begin() + j * kColumns + from, b.begin() + (j + 1) * kColumns);
    multiply<float>(kRows, kInner, left, {a.data(), kInner, 1}, right.data(), {nullptr, 0, 1},
                    some.data());
    for (int64_t i = 0; i < kRows; ++i) {
      for (int64_t c = 0; c < left; ++c)
        ASSERT_EQ(some[i * left + c], all[i * kColumns + from + c]);
    }
  }
}

}  // namespace
}  // namespace cenote
