// SPDX-License-Identifier: Apache-2.0
// The exponential as a polynomial, so that loops over columns can be vectorised.
//
//   e^x = 2^n e^r,  n = round(x / ln 2),  r = x - n ln 2 in two parts,  e^r by its Taylor series
//
// Every number goes through the same additions and products whatever the width of the registers, so all
// instruction sets give the same bytes, and a number's place in a tensor does not matter.
//
// Errors    relative error at most 2e-7 in float, 5e-16 in double (tests/kernel/test_exp.cpp). Below -87 (-708) the
//           result is that of -87 (-708), some 1e-38 (1e-308), above 88 (709) that of 88 (709); NaN stays NaN.
// Source    Cody, Waite 1980, Software manual for the elementary functions.
#pragma once

#include <bit>
#include <cstdint>

namespace cenote {

inline float polynomial_exp(float x) {
  constexpr float kLow = -87, kHigh = 88, kInverse = 1.44269504f, kLn2High = 0.693359375f,
                  kLn2Low = -2.12194440e-4f, kRound = 12582912;  // 1.5 * 2^23
  const float above = kLow > x ? kLow : x;  // in this order NaN stays, and it is one instruction
  const float kept = kHigh < above ? kHigh : above;
  const float shifted = kept * kInverse + kRound;  // its lowest bits are n
  const float n = shifted - kRound;
  const float r = (kept - n * kLn2High) - n * kLn2Low;
  float sum = 1.0f / 5040;
  sum = sum * r + 1.0f / 720;
  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 0.5f;
  sum = sum * r + 1;
  sum = sum * r + 1;
  const float power =
      std::bit_cast<float>((std::bit_cast<uint32_t>(shifted) << 23) + (uint32_t{127} << 23));
  return sum * power;
}

inline double polynomial_exp(double x) {
  constexpr double kLow = -708, kHigh = 709, kInverse = 1.4426950408889634,
                   kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10,
                   kRound = 6755399441055744;  // 1.5 * 2^52
  const double above = kLow > x ? kLow : x;
  const double kept = kHigh < above ? kHigh : above;
  const double shifted = kept * kInverse + kRound;
  const double n = shifted - kRound;
  const double r = (kept - n * kLn2High) - n * kLn2Low;
  double sum = 1.0 / 6227020800;
  sum = sum * r + 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 0.5;
  sum = sum * r + 1;
  sum = sum * r + 1;
  const double power =
      std::bit_cast<double>((std::bit_cast<uint64_t>(shifted) << 52) + (uint64_t{1023} << 52));
  return sum * power;
}

}  // namespace cenote
