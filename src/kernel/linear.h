// SPDX-License-Identifier: Apache-2.0
// y = x W^T + b, computed so that a row's bytes do not depend on the rows beside it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace cenote {

/// Rows of every matrix product. A product of another number of rows may take another path through the
/// BLAS and change last bits, so products run on blocks of exactly this many rows, the last one padded
/// with zeros. tests/kernel/test_linear.cpp proves what this rests on.
inline constexpr int64_t kBlockRows = 256;

/// An affine map of every row.
///
/// Shapes    x [N, K], weight [M, K], bias [M] or none; result [N, M]. Row-major, float32 or float64.
/// Empty     N = 0 gives [0, M] and zero gradients.
/// Errors    bad_shape if the sizes do not fit.
/// Gradient  with respect to x, weight and bias; weight gradients are added block by block, in order.
/// Cost      O(N K M), at most 255 rows of padding.
/// Threads   safe to call concurrently; REQUIRES one torch thread (threads never split an operation).
at::Tensor linear_rows(const at::Tensor& x, const at::Tensor& weight,
                       const std::optional<at::Tensor>& bias);

}  // namespace cenote
