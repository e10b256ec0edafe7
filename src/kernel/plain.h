// SPDX-License-Identifier: Apache-2.0
// The plain versions of the segment kernels: loops a reader can check by eye, in double, on tensors
// of doubles, without gradients. Tests compare the kernels with them; nothing else calls them.
//
// They are written group by group and column by column from the formulas, not from the kernels'
// code.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernel/join.h"

namespace cenote {

at::Tensor segment_sum_plain(const at::Tensor& x, const Join& join,
                             const double* weights = nullptr);
at::Tensor segment_mean_plain(const at::Tensor& x, const Join& join,
                              const double* weights = nullptr);
at::Tensor segment_max_plain(const at::Tensor& x, const Join& join);
at::Tensor segment_min_plain(const at::Tensor& x, const Join& join);
at::Tensor segment_variance_plain(const at::Tensor& x, const Join& join,
                                  const double* weights = nullptr);
at::Tensor segment_softmax_plain(const at::Tensor& logits, const Join& join,
                                 const double* log_weights = nullptr);
at::Tensor segment_weighted_sum_plain(const at::Tensor& x, const at::Tensor& weights,
                                      const Join& join);
at::Tensor segment_dots_plain(const at::Tensor& query, const at::Tensor& x, const Join& join,
                              int64_t heads);
at::Tensor segment_softmax_sum_plain(const at::Tensor& logits, const at::Tensor& values,
                                     const Join& join, const std::vector<double>& log_weights = {});
at::Tensor segment_logsumexp_plain(const at::Tensor& z, const Join& join,
                                   const std::vector<double>& log_weights = {});

/// Weights are whole numbers here: rows are written out as often as they say.
at::Tensor segment_quantile_plain(const at::Tensor& x, const Join& join, double q,
                                  const double* weights = nullptr);

}  // namespace cenote
