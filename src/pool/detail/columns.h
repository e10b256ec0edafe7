// SPDX-License-Identifier: Apache-2.0
// States of one column (see ColumnPool): what textbook pools keep of the rows they have seen.
#pragma once

#include <algorithm>
#include <cmath>

#include "pool/detail/folded_pool.h"

namespace cenote {

/// The sum of the values.
struct SumColumn {
  static constexpr int64_t kSize = 1;
  static void start(double* s) { s[0] = 0; }
  static void add(double* s, double x, double weight) { s[0] += weight * x; }
  static void join(double* s, const double* other) { s[0] += other[0]; }
  static double result(const double* s) { return s[0]; }
};

/// Weight, mean and the sum of squares about the mean.
/// Source    Chan, Golub, LeVeque 1983, "Algorithms for computing the sample variance".
struct MomentsColumn {
  static constexpr int64_t kSize = 3;
  static void start(double* s) { s[0] = s[1] = s[2] = 0; }
  static void add(double* s, double x, double weight) {
    const double one[] = {weight, x, 0};
    join(s, one);
  }
  static void join(double* s, const double* other) {
    const double total = s[0] + other[0];
    if (total == 0) return;
    const double apart = other[1] - s[1], share = other[0] / total;
    s[2] += other[2] + apart * apart * s[0] * share;
    s[1] += apart * share;
    s[0] = total;
  }
  static double mean(const double* s) { return s[1]; }
  static double variance(const double* s) { return s[0] > 0 ? s[2] / s[0] : 0; }
};

/// Weight and mean.
struct MeanColumn {
  static constexpr int64_t kSize = 2;
  static void start(double* s) { s[0] = s[1] = 0; }
  static void add(double* s, double x, double weight) {
    s[0] += weight;
    s[1] += (x - s[1]) * weight / s[0];
  }
  static void join(double* s, const double* other) {
    if (other[0] == 0) return;
    s[0] += other[0];
    s[1] += (other[1] - s[1]) * other[0] / s[0];
  }
  static double result(const double* s) { return s[1]; }
};

/// The largest value; of none kNoLargest.
struct MaxColumn {
  static constexpr int64_t kSize = 1;
  static void start(double* s) { s[0] = kNoLargest; }
  static void add(double* s, double x, double) { s[0] = std::max(s[0], x); }
  static void join(double* s, const double* other) { s[0] = std::max(s[0], other[0]); }
  static double result(const double* s) { return s[0] == kNoLargest ? 0 : s[0]; }
};

/// The smallest value; of none -kNoLargest.
struct MinColumn {
  static constexpr int64_t kSize = 1;
  static void start(double* s) { s[0] = -kNoLargest; }
  static void add(double* s, double x, double) { s[0] = std::min(s[0], x); }
  static void join(double* s, const double* other) { s[0] = std::min(s[0], other[0]); }
  static double result(const double* s) { return s[0] == -kNoLargest ? 0 : s[0]; }
};

}  // namespace cenote
