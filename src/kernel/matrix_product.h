// SPDX-License-Identifier: Apache-2.0
// Products of small matrices, of which a row's bytes do not depend on the rows beside it.
#pragma once

#include <cstdint>

namespace cenote {

/// Numbers that lie in memory in any regular way: the one in row i and column k is data[i * row + k * column].
template <class Number>
struct StridedMatrix {
  const Number* data;
  int64_t row, column;
};

/// out = start + a b: one chain of multiplications and additions for each number, in the order of k, fused where the
/// machine can. `start` gives the first term: null for zero, {bias, 0, 1} for a bias, {out, ...} to add to what is there.
///
/// Shapes    a [n, k] by any strides; b [k, m] and out [n, m] with rows of `m` numbers without a gap.
/// Empty     n or m = 0 writes nothing; k = 0 gives the start.
/// Cost      n k m multiplications, read from the first-level cache where k is some hundred. Beside MKL's product of
///           [256, 128] by [128, 128] on one core (float32): `cenote bench limits`.
/// Threads   safe to call concurrently.
/// Source    register tiles as in Goto, van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
template <class Number>
void multiply(int64_t n, int64_t k, int64_t m, const StridedMatrix<Number>& a, const Number* b,
              const StridedMatrix<Number>& start, Number* out);

extern template void multiply(int64_t, int64_t, int64_t, const StridedMatrix<float>&, const float*,
                              const StridedMatrix<float>&, float*);
extern template void multiply(int64_t, int64_t, int64_t, const StridedMatrix<double>&,
                              const double*, const StridedMatrix<double>&, double*);

}  // namespace cenote
