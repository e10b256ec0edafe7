// SPDX-License-Identifier: Apache-2.0
#include "kernel/time_code.h"

#include <ATen/ops/empty.h>

#include <bit>
#include <cmath>

#include "kernel/detail_dispatch.h"

namespace cenote {
namespace {

/// Sine and cosine of days * f for all frequencies. The nearest multiple of pi/2 is taken away in two parts
/// (Cody-Waite), then Taylor polynomials on [-pi/4, pi/4]; the quadrant says which of the two is which.
template <class Number>
CENOTE_WIDE void sine_cosine(double days, const double* frequency, int64_t count, Number* sine,
                             Number* cosine) {
  constexpr double kTwoOverPi = 0.63661977236758134308;
  constexpr double kHigh = 1.57079632673412561417e+00, kLow = 6.07710050650619224932e-11;
  constexpr double kRound =
      6755399441055744.0;  // 1.5 * 2^52: adding and taking it away rounds to a whole number
  for (int64_t k = 0; k < count; ++k) {
    const double x = days * frequency[k];
    const double shifted = x * kTwoOverPi + kRound;  // its lowest bits are the quarter turns
    const double quarter = shifted - kRound;
    const double r = (x - quarter * kHigh) - quarter * kLow;
    const double r2 = r * r;
    const double s =
        r * (1 + r2 * (-1.0 / 6 + r2 * (1.0 / 120 + r2 * (-1.0 / 5040 + r2 * (1.0 / 362880)))));
    const double c =
        1 + r2 * (-0.5 +
                  r2 * (1.0 / 24 + r2 * (-1.0 / 720 + r2 * (1.0 / 40320 + r2 * (-1.0 / 3628800)))));
    const auto quadrant = std::bit_cast<uint64_t>(shifted);
    const bool odd = quadrant & 1;
    const double sine_value = odd ? c : s, cosine_value = odd ? s : c;
    sine[k] = static_cast<Number>((quadrant & 2) ? -sine_value : sine_value);
    cosine[k] = static_cast<Number>(((quadrant + 1) & 2) ? -cosine_value : cosine_value);
  }
}

}  // namespace

at::Tensor time_codes(const std::vector<double>& days, int64_t width, at::ScalarType type) {
  CENOTE_CHECK(width > 0 && width % 2 == 0, bad_shape, "time_codes: width must be even, got {}",
               width);
  const int64_t count = width / 2;
  std::vector<double> frequency(count);
  for (int64_t k = 0; k < count; ++k) {
    frequency[k] =
        std::pow(1e-4, count == 1 ? 0 : static_cast<double>(k) / static_cast<double>(count - 1));
  }
  at::Tensor out =
      at::empty({static_cast<int64_t>(days.size()), width}, at::TensorOptions().dtype(type));
  dispatch_floating("time_codes", out, [&](auto zero) {
    using Number = decltype(zero);
    Number* row = out.mutable_data_ptr<Number>();
    for (const double span : days) {
      sine_cosine<Number>(span, frequency.data(), count, row, row + count);
      row += width;
    }
  });
  return out;
}

}  // namespace cenote
