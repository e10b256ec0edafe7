// SPDX-License-Identifier: Apache-2.0
// Dropout whose mask is keyed by content: what is dropped from a row depends on the row, not on its place.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace cenote {

/// Each number is dropped with probability p, the rest divided by 1 - p.
///
/// Shapes    x [N, D] float32 or float64; row_keys [N]; result [N, D].
/// Options   p in [0, 1), kept to 16 bits; key: of the step and the layer.
/// Gradient  with respect to x, by the same mask.
/// Cost      one Philox block for 8 numbers, made while the rows are read.
/// Threads   safe to call concurrently.
/// Source    Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014 (JMLR 15).
at::Tensor keyed_dropout(const at::Tensor& x, const std::vector<uint64_t>& row_keys, uint64_t key,
                         double p);

}  // namespace cenote
