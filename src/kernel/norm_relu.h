// SPDX-License-Identifier: Apache-2.0
// LayerNorm, ReLU and dropout of every row, in one pass each way.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace cenote {

/// Dropout whose mask is keyed by content: what is dropped from a row depends on the row, not on its place.
struct KeyedDropout {
  const std::vector<uint64_t>* row_keys = nullptr;  // [N]; null: nothing is dropped
  uint64_t key = 0;                                 // of the step and the layer
  double p = 0;                                     // in [0, 1), kept to 16 bits
};

/// y = residual + dropout(max(0, (x - mean) / sqrt(variance + 1e-5) * weight + bias)), mean and variance over the row's
/// numbers; what is not dropped is divided by 1 - p. Without a residual nothing is added.
///
/// Shapes    x, residual [N, D] float32 or float64; weight, bias [D]; result [N, D].
/// Empty     N = 0 gives [0, D] and zero gradients.
/// Errors    bad_shape if the sizes do not fit; bad_input for p outside [0, 1).
/// Gradient  with respect to all of them; those of weight and bias are added row by row, in order. That of x is zero
///           where nothing was added.
/// Cost      one pass over a row in the first-level cache each way, one Philox block for 8 numbers; x and the result are
///           kept, with a residual x and a byte a number.
/// Threads   safe to call concurrently; a row's bytes do not depend on the rows beside it.
/// Source    Ba, Kiros, Hinton 2016, arXiv:1607.06450; Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014
///           (JMLR 15).
at::Tensor norm_relu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                     const KeyedDropout& dropout = {},
                     const std::optional<at::Tensor>& residual = {});

}  // namespace cenote
