// SPDX-License-Identifier: Apache-2.0
#include "layer/detail/group_parts.h"

#include <ATen/ops/add.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/relu.h>

#include <numeric>

#include "kernel/linear.h"

namespace cenote {

JoinPtr first_groups(const JoinPtr& join, int64_t groups) {
  if (join->groups() == groups) return join;
  auto out = std::make_shared<Join>();
  const int64_t known = std::min(groups, join->groups());
  out->offsets.assign(join->offsets.begin(), join->offsets.begin() + known + 1);
  out->rows.assign(join->rows.begin(), join->rows.begin() + out->offsets.back());
  out->offsets.resize(groups + 1, out->offsets.back());
  return out;
}

const PoolEntry& joining_pool(const std::string& name) {
  const PoolEntry& pool = pool_registry().at(name);
  CENOTE_CHECK(pool.traits.output == PoolOutput::vector && !pool.traits.needs_query &&
                   !pool.traits.needs_coordinates,
               bad_input,
               "pool '{}' cannot join the rows of a foreign key: it needs more than rows", name);
  return pool;
}

std::vector<Option> group_options() {
  return {{"residual", false, "add a layer's input to its output", 0, 0, {}}};
}

OwnRow::OwnRow(const Options& options, const LayerPlace& place, const std::string& name)
    : residual_(options.get_bool("residual")) {
  std::tie(weight_, bias_) =
      place.parameters.declare_linear(name + ".own", place.width, place.width);
  norm_weight_ = place.parameters.declare(name + ".norm.weight", {place.width}, Init::ones);
  norm_bias_ = place.parameters.declare(name + ".norm.bias", {place.width}, Init::zeros);
}

at::Tensor OwnRow::map(const at::Tensor& x, int64_t groups) const {
  return linear_rows(x.narrow(0, 0, groups), weight_, bias_);
}

at::Tensor OwnRow::finish(const at::Tensor& sum, const at::Tensor& x) const {
  const at::Tensor out =
      at::relu(at::layer_norm(sum, {norm_weight_.size(0)}, norm_weight_, norm_bias_));
  return residual_ ? at::add(x.narrow(0, 0, sum.size(0)), out) : out;
}

PooledLink::PooledLink(const LayerPlace& place, const std::string& name) {
  const PoolEntry& pool = joining_pool(place.pool);
  const Options options = options_of(place.entry_options, "pool", place.pool, pool.info.options);
  ordered_ = pool.traits.ordered;
  pool_ = pool.make(options, {place.parameters, name + ".pool", place.width});
  weight_ = place.parameters.declare_linear(name, pool.out_width(options, place.width), place.width)
                .first;
}

at::Tensor PooledLink::forward(const at::Tensor& rows, const JoinPtr& join) const {
  PoolInput input;
  input.rows = rows;
  input.join = join;
  // The rows of a group stand in the order of time, so a link's place is its order key.
  std::vector<double> order;
  if (ordered_) {
    order.resize(static_cast<size_t>(join->links()));
    std::iota(order.begin(), order.end(), 0.0);
    input.order = order.data();
  }
  return linear_rows(pool_->forward(input).value, weight_, {});
}

}  // namespace cenote
