// SPDX-License-Identifier: Apache-2.0
// What layers that add up messages are made of: the group's own row, and a pooled relation.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

#include "layer/layer.h"
#include "pool/pool.h"

namespace cenote {

/// The first `groups` groups of a join: those of the levels that a layer needs. Groups that the join does not
/// have (rows of the last level, for which nothing was drawn) are empty.
JoinPtr first_groups(const JoinPtr& join, int64_t groups);

/// The pool of that name, if it can join the rows of a foreign key.
/// Errors    bad_input for a pool that needs more than rows; not_found for none.
const PoolEntry& joining_pool(const std::string& name);

/// The options that every layer made of these parts has.
std::vector<Option> group_options();

/// A group's own row at both ends of a layer: map(x) = W x + b begins the sum of what the group gets, and
/// finish(sum, x) = ReLU(LayerNorm(sum)), plus x where `residual` is set.
///
/// Shapes    x [n, width], sum [groups, width] with groups <= n; results [groups, width].
/// Source    the residual: Li et al. 2019, arXiv:1904.03751.
class OwnRow {
 public:
  OwnRow() = default;
  OwnRow(const Options& options, const LayerPlace& place, const std::string& name);
  bool defined() const { return weight_.defined(); }
  at::Tensor map(const at::Tensor& x, int64_t groups) const;
  at::Tensor finish(const at::Tensor& sum, const at::Tensor& x) const;

 private:
  bool residual_ = false;
  at::Tensor weight_, bias_, norm_weight_, norm_bias_;
};

/// The place's pool over the rows of a relation, then a map without bias.
///
/// Shapes    rows [N, width], join with G groups; result [G, width].
/// Errors    as joining_pool().
class PooledLink {
 public:
  PooledLink() = default;
  PooledLink(const LayerPlace& place, const std::string& name);
  bool defined() const { return weight_.defined(); }
  at::Tensor forward(const at::Tensor& rows, const JoinPtr& join) const;

 private:
  bool ordered_ = false;  // the pool wants to know which row is later
  std::unique_ptr<Pool> pool_;
  at::Tensor weight_;
};

}  // namespace cenote
