// SPDX-License-Identifier: Apache-2.0
// Products of matrices whose numbers are rounded to bfloat16, of which a row's bytes do not depend on the rows beside it.
#pragma once

#include "kernel/matrix_product.h"

namespace cenote {

/// Whether this processor multiplies bfloat16 matrices in tiles (AMX) and the system lets us: then several times as
/// fast as multiply().
bool has_bfloat16_tiles();

/// out = start + a b as multiply(), but a and b are rounded to bfloat16 (8 bits of mantissa; to nearest, ties to even)
/// before they are multiplied. Products and sums are float32.
///
/// Shapes    a [n, k] and b [k, m] by any strides, of which one is 1; out [n, m] with rows of `m` numbers without a gap.
/// Empty     n or m = 0 writes nothing; k = 0 gives the start.
/// Cost      n k m multiplications, 16 x 16 x 32 at a time; what is missing to whole tiles is filled up with zeros. With
///           tiles beside multiply(): `cenote bench limits`.
/// Threads   safe to call concurrently.
/// Source    Intel Architecture Instruction Set Extensions Programming Reference, chapter 3 (Intel AMX).
void multiply_bfloat16(int64_t n, int64_t k, int64_t m, const StridedMatrix<float>& a,
                       const StridedMatrix<float>& b, const StridedMatrix<float>& start,
                       float* out);

/// The plain version, for every processor: the order of additions differs, and with it the last bits.
void multiply_bfloat16_plain(int64_t n, int64_t k, int64_t m, const StridedMatrix<float>& a,
                             const StridedMatrix<float>& b, const StridedMatrix<float>& start,
                             float* out);

}  // namespace cenote
