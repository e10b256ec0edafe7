// SPDX-License-Identifier: Apache-2.0
// Gather and reduce over a join, fused: the messages [E, D] are never written.
//
// Every function works row by row in the order of the join, in one thread, without atomics, so a group's
// bytes depend on its own rows and their order alone; backward passes add in the same order. Instruction
// sets may differ in width but not in the order of additions, so they give the same bytes.
//
// In all of them
//   Shapes    x [N, D] float32 or float64, contiguous; join with G groups over rows in [0, N).
//   Empty     a group without rows gives zeros.
//   Errors    bad_shape if x is not [N, D] or a row of the join is outside it.
//   Cost      O(E D) time and O(G D) memory.
//   Threads   safe to call concurrently.
// The join must outlive the backward pass: it is held by shared pointer.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/join.h"

namespace cenote {

using JoinPtr = std::shared_ptr<const Join>;
using RowsPtr = std::shared_ptr<const std::vector<int64_t>>;

/// x[rows], [E, D]. Gradient with respect to x, added in order.
at::Tensor gather_rows(const at::Tensor& x, const RowsPtr& rows);

/// Sum over each group, weights[e] (may be null) times the row. Gradient with respect to x.
at::Tensor segment_sum(const at::Tensor& x, const JoinPtr& join, const double* weights = nullptr);

/// Mean over each group: sum of (w x) / sum of w.
at::Tensor segment_mean(const at::Tensor& x, const JoinPtr& join, const double* weights = nullptr);

/// Largest value per group and column; ties: the first in the join's order takes the whole gradient.
at::Tensor segment_max(const at::Tensor& x, const JoinPtr& join);
/// Smallest value, likewise.
at::Tensor segment_min(const at::Tensor& x, const JoinPtr& join);

/// Mean of (x - mean)^2 per group and column, in two passes. Gradient with respect to x.
at::Tensor segment_variance(const at::Tensor& x, const JoinPtr& join,
                            const double* weights = nullptr);

/// weights[e] / sum of the group's weights, [E]: the mass of a link, 1 / n where weights is null, 0 in a
/// group without mass.
std::vector<double> link_shares(const Join& join, const double* weights);

/// Softmax within each group of logits [E, H], which are laid out as the join's links; the group's largest
/// logit is subtracted first. log_weights[e] (may be null) is added to the logits; -inf masks a link.
at::Tensor segment_softmax(const at::Tensor& logits, const JoinPtr& join,
                           const double* log_weights = nullptr);

/// Sum over each group of weights [E, H] times rows, head by head: D is H equal parts, head h scales part h.
/// Gradient with respect to x and weights.
at::Tensor segment_weighted_sum(const at::Tensor& x, const at::Tensor& weights,
                                const JoinPtr& join);

/// Products of each group's query [G, D] with its rows, head by head: [E, heads], as the join's links; D is `heads` equal
/// parts. Gradient with respect to query and x.
at::Tensor segment_dots(const at::Tensor& query, const at::Tensor& x, const JoinPtr& join,
                        int64_t heads = 1);

/// Sum over each group of softmax(logits) times values; logits [N, H] lie as the rows do, head h weighs part h of the
/// columns. log_weights [E] (may be empty) is added to the logits; -inf masks a link. Gradient with respect to both.
at::Tensor segment_softmax_sum(const at::Tensor& logits, const at::Tensor& values,
                               const JoinPtr& join, std::vector<double> log_weights = {});

/// ln of the sum over each group of e^(z + log_weights), column by column; 0 for a group without rows. Gradient with
/// respect to z.
at::Tensor segment_logsumexp(const at::Tensor& z, const JoinPtr& join,
                             std::vector<double> log_weights = {});

/// The quantile q in [0, 1] of each group and column, weights as repetition: numpy's default rule. Errors also bad_input for
/// another q. Cost O(E D log of the largest group).
at::Tensor segment_quantile(const at::Tensor& x, const JoinPtr& join, double q,
                            const double* weights = nullptr);

}  // namespace cenote
