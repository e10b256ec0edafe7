// SPDX-License-Identifier: Apache-2.0
// Gates whose mean is given: the weights of generalised sum pooling.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernel/segment.h"

namespace cenote {

/// gate_e = a_e sigmoid(s_e + tau) / mu, where a_e is the link's share of its group's weight and tau the number for which
/// the gates of a group add up to one.
///
/// Shapes    s [E, 1] float32 or float64, 0 < mu < 1; result [E, 1].
/// Empty     no gates for a group without rows; zeros for one whose weights are all zero.
/// Errors    bad_shape for another shape, bad_input for another mu.
/// Gradient  with respect to s, in closed form.
/// Cost      O(E) a Newton step, of which five are usual.
/// Source    Gürbüz, Şener, Alatan 2023, arXiv:2308.09228: the optimal transport problem has this solution.
at::Tensor segment_gate(const at::Tensor& s, const JoinPtr& join, double mu,
                        const double* weights = nullptr);

}  // namespace cenote
