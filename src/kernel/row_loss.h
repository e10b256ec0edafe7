// SPDX-License-Identifier: Apache-2.0
// A function of each row alone, in double, with its gradient: losses and predictions are made of
// it.
//
// ATen computes exp and log of a tensor's last few elements by another path than the rest, so a
// row's last bits could depend on how many rows stand beside it. Here every row goes through the
// same scalar code.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>

namespace cenote {

/// The loss of one row; writes its derivative with respect to `output` to `gradient` (as long as
/// output).
using RowLoss = double (*)(std::span<const double> output, std::span<const double> label,
                           std::span<double> gradient);

/// One loss a row.
///
/// Shapes    output [S, M] float32 or float64, label [S, width] of any number type; result [S], of
///           output's type.
/// Errors    bad_shape if the sizes do not fit; what `loss` throws.
/// Gradient  with respect to output, once.
/// Cost      O(S M).
/// Threads   safe to call concurrently.
at::Tensor row_losses(const at::Tensor& output, const at::Tensor& label, RowLoss loss);

/// Changes one row in place.
using RowMap = void (*)(std::span<double> row);

/// map(row) of every row of output [S, M]; no gradient.
at::Tensor map_rows(const at::Tensor& output, RowMap map);

}  // namespace cenote
