// SPDX-License-Identifier: Apache-2.0
// Means whose weights say how near or how alike each number and a middle of its group are.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernel/segment.h"

namespace cenote {

/// How a number x of a row is weighed against the middle m of its group and column.
enum class Alikeness {
  nearness,  // 1 / (|x - m| + epsilon)
  dice       // e^(2 |x m| / (x^2 + m^2)), the power 0 where x^2 + m^2 < 1e-12
};

/// y = sum of w f(x, m) x over sum of w f(x, m), by group and column. `exact` false: in the gradient the shares are
/// constants.
///
/// Shapes    x [N, D], middles [G, D] float32 or float64; weights [E] or null; result [G, D].
/// Empty     a group without rows, or whose weights are all zero, gives zeros.
/// Errors    bad_shape for other sizes or types.
/// Gradient  with respect to x and the middles.
/// Cost      O(E D) time in one pass, O(G D) memory.
/// Threads   safe to call concurrently.
at::Tensor segment_alike_mean(const at::Tensor& x, const at::Tensor& middles, const JoinPtr& join,
                              const double* weights, Alikeness kind, double epsilon = 0,
                              bool exact = true);

}  // namespace cenote
