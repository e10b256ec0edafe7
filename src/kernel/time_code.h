// SPDX-License-Identifier: Apache-2.0
// Cyclic codes of a time span.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace cenote {

/// [sin(days f_k), cos(days f_k)] for `width` / 2 frequencies, evenly spaced in the logarithm from 1 to 1e-4.
///
/// Shapes    days [N]; result [N, width], sines first; width even.
/// Units     days, any sign; |days| < 2^40.
/// Gradient  none: spans are inputs.
/// Cost      O(N width); every number by the same arithmetic (range reduction and two polynomials, error
///           below 1e-7), so a row's bytes do not depend on its place in the tensor.
/// Threads   safe to call concurrently.
/// Source    the positional code of Vaswani et al. 2017, section 3.5, as RelBench's reference uses it.
at::Tensor time_codes(const std::vector<double>& days, int64_t width,
                      at::ScalarType type = at::kFloat);

}  // namespace cenote
