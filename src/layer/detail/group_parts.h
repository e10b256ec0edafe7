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

/// Which pool joins the rows of each relation: "mean" for all, or "mean,results.driverId:max,results.raceId^:last", where a
/// relation is named as in Graph::relation_name().
///
/// Errors    bad_input for a text of another form, a relation that there is not (listing those that there are), and a
///           pool that cannot join the rows of a foreign key; not_found for no pool.
class LinkPools {
 public:
  LinkPools() = default;
  LinkPools(const std::string& text, const Graph& graph);
  const std::string& of(int64_t relation) const { return names_[relation]; }

 private:
  std::vector<std::string> names_;  // by relation
};

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

/// Rows of groups that have one each at most, as those of a parent are, mapped without bias; a group without a row
/// gives zeros. Rows or groups are mapped, whichever are fewer: a group's bytes are the same either way.
///
/// Shapes    rows [N, width], join with G groups, weight [width, width]; result [G, width].
at::Tensor map_parents(const at::Tensor& rows, const JoinPtr& join, const at::Tensor& weight);

/// A pool over the rows of a relation, then a map without bias. A pool that wants a query is asked by the group's own
/// row.
///
/// Shapes    rows [N, width], join with G groups, own [n, width] with G <= n; result [G, width].
/// Cost      the pool, and G width^2; with `to_parent` and a linear pool, as map_parents().
class PooledLink {
 public:
  PooledLink() = default;
  /// `to_parent`: a group has one row at most.
  PooledLink(const LayerPlace& place, const std::string& pool, const std::string& name,
             bool to_parent = false);
  bool defined() const { return weight_.defined(); }
  at::Tensor forward(const at::Tensor& rows, const JoinPtr& join, const at::Tensor& own) const;

 private:
  PoolTraits traits_;
  bool to_parent_ = false;
  std::unique_ptr<Pool> pool_;
  at::Tensor weight_;
};

}  // namespace cenote
