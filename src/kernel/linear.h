// SPDX-License-Identifier: Apache-2.0
// y = x W^T + b, computed so that a row's bytes do not depend on the rows beside it.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace cenote {

/// In what the products of a network are computed. Weights and sums are float32 in both.
enum class Precision { float32, bfloat16 };

/// While it lives, linear_rows() of float32 numbers on this thread multiplies in that precision, and so do the gradients
/// of what it gave. Outside of every scope it is float32.
class PrecisionScope {
 public:
  explicit PrecisionScope(Precision precision);
  ~PrecisionScope();
  PrecisionScope(const PrecisionScope&) = delete;
  PrecisionScope& operator=(const PrecisionScope&) = delete;

 private:
  Precision outer_;
};

/// An affine map of every row.
///
/// Shapes    x [N, K], weight [M, K], bias [M] or none; result [N, M]. Row-major, float32 or float64.
/// Empty     N = 0 gives [0, M] and zero gradients.
/// Errors    bad_shape if the sizes do not fit.
/// Gradient  with respect to x, weight and bias; weight gradients are added in the order of the rows.
/// Cost      O(N K M).
/// Threads   safe to call concurrently; REQUIRES one torch thread (threads never split an operation).
at::Tensor linear_rows(const at::Tensor& x, const at::Tensor& weight,
                       const std::optional<at::Tensor>& bias);

}  // namespace cenote
