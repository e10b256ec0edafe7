// SPDX-License-Identifier: Apache-2.0
#include "layer/detail/group_parts.h"

#include <ATen/ops/add.h>

#include <algorithm>

#include "kernel/linear.h"
#include "kernel/norm_relu.h"
#include "kernel/segment.h"

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

LinkPools::LinkPools(const std::string& text, const Graph& graph) {
  const auto checked = [](const std::string& pool) -> const std::string& {
    const PoolTraits& traits = pool_registry().at(pool).traits;
    CENOTE_CHECK(joins_rows(traits), bad_input,
                 "pool '{}' cannot join the rows of a foreign key: {}", pool,
                 traits.needs_coordinates            ? "they have no coordinates"
                 : traits.output == PoolOutput::rows ? "it makes several rows of a group"
                                                     : "it makes a score of a group");
    return pool;
  };
  const std::string first = text.substr(0, text.find(','));
  CENOTE_CHECK(first.find(':') == std::string::npos, bad_input,
               "option 'pool': '{}' names no pool for the other relations; begin with one, as in "
               "mean,{}",
               text, first);
  names_.assign(static_cast<size_t>(graph.relations()), checked(first));
  std::vector<std::string> relations;
  for (int64_t r = 0; r < graph.relations(); ++r) relations.push_back(graph.relation_name(r));
  for (size_t begin = first.size(); begin < text.size();) {
    const size_t end = std::min(text.find(',', begin + 1), text.size());
    const std::string part = text.substr(begin + 1, end - begin - 1);
    const size_t colon = part.rfind(':');
    CENOTE_CHECK(colon != std::string::npos, bad_input,
                 "option 'pool': '{}' is not of the form RELATION:POOL", part);
    const std::string relation = part.substr(0, colon);
    const auto found = std::find(relations.begin(), relations.end(), relation);
    CENOTE_CHECK(found != relations.end(), bad_input, "option 'pool': no relation '{}'; {}",
                 relation, choices_hint(relation, relations));
    names_[static_cast<size_t>(found - relations.begin())] = checked(part.substr(colon + 1));
    begin = end;
  }
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
  const at::Tensor out = norm_relu(sum, norm_weight_, norm_bias_);
  return residual_ ? at::add(x.narrow(0, 0, sum.size(0)), out) : out;
}

at::Tensor map_parents(const at::Tensor& rows, const JoinPtr& join, const at::Tensor& weight) {
  if (rows.size(0) < join->groups()) return segment_sum(linear_rows(rows, weight, {}), join);
  return linear_rows(segment_sum(rows, join), weight, {});
}

PooledLink::PooledLink(const LayerPlace& place, const std::string& pool, const std::string& name,
                       bool to_parent)
    : to_parent_(to_parent) {
  const PoolEntry& entry = pool_registry().at(pool);
  const Options options = options_of(place.entry_options, "pool", pool, entry.info.options);
  traits_ = entry.traits;
  pool_ = entry.make(options, {place.parameters, name + ".pool", place.width});
  weight_ =
      place.parameters.declare_linear(name, entry.out_width(options, place.width), place.width)
          .first;
}

at::Tensor PooledLink::forward(const at::Tensor& rows, const JoinPtr& join,
                               const at::Tensor& own) const {
  const bool rows_first = to_parent_ && traits_.linear && rows.size(0) < join->groups();
  PoolInput input;
  input.rows = rows_first ? linear_rows(rows, weight_, {}) : rows;
  input.join = join;
  if (traits_.needs_query) input.query = own.narrow(0, 0, join->groups());
  // The rows of a group stand in the order of time, so a link's place in its group is its order key.
  std::vector<double> order;
  if (traits_.ordered) {
    for (int64_t g = 0; g < join->groups(); ++g) {
      for (int64_t place = 0; place < join->size(g); ++place)
        order.push_back(static_cast<double>(place));
    }
    input.order = order.data();
  }
  const at::Tensor pooled = pool_->forward(input).value;
  return rows_first ? pooled : linear_rows(pooled, weight_, {});
}

}  // namespace cenote
