// SPDX-License-Identifier: Apache-2.0
// Products of rows with rows, added up in the same order wherever a row lies.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace cenote {

/// out[i, p] = sum over the columns of part p of a[i, c] b[i, c], in sixteen partial sums; the columns are `parts` equal
/// parts.
///
/// Shapes    a, b [N, D] float32 or float64; result [N, parts].
/// Errors    bad_shape if the shapes differ or parts does not divide D.
/// Gradient  with respect to a and b.
/// Cost      O(N D).
/// Threads   safe to call concurrently.
at::Tensor row_dots(const at::Tensor& a, const at::Tensor& b, int64_t parts = 1);

}  // namespace cenote
