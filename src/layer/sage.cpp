// SPDX-License-Identifier: Apache-2.0
// Heterogeneous GraphSAGE: every relation pools the rows of a group and maps the result; a group adds its
// relations and its own mapped row, then LayerNorm and ReLU.
//
//   out(i) = ReLU(LayerNorm_T(W_T x(i) + b_T + sum over relations r into T of W_r pool_{j in r(i)} x(j)))
//
// Shapes    x [n, width] per table; out [groups, width] per group table.
// Empty     a group without rows adds nothing for that relation.
// Options   none of its own; the pool is the place's.
// Gradient  with respect to x and all parameters.
// Cost      O(E width) for the pools and O(groups width^2) a relation: the pool comes before the map, so
//           the map runs once a group, not once a link.
// Source    Hamilton, Ying, Leskovec 2017, arXiv:1706.02216, in the heterogeneous form of RelBench's reference
//           (Robinson et al. 2024, arXiv:2407.20060); its one root map per relation is one per table here,
//           which is the same function.
#include <ATen/ops/add.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/relu.h>

#include <numeric>

#include "kernel/linear.h"
#include "layer/layer.h"
#include "pool/pool.h"

namespace cenote {
namespace {

/// The first `groups` groups of a join: those of the levels that a layer needs.
JoinPtr prefix(const JoinPtr& join, int64_t groups) {
  if (join->groups() == groups) return join;
  auto out = std::make_shared<Join>();
  out->offsets.assign(join->offsets.begin(), join->offsets.begin() + groups + 1);
  out->rows.assign(join->rows.begin(), join->rows.begin() + out->offsets.back());
  return out;
}

class Sage : public Layer {
 public:
  explicit Sage(const LayerPlace& place) : graph_(place.graph), width_(place.width) {
    own_.resize(graph_.store.tables.size());
    relations_.resize(graph_.relations());
    const PoolEntry& pool = pool_registry().at(place.pool);
    CENOTE_CHECK(pool.traits.output == PoolOutput::vector && !pool.traits.needs_query &&
                     !pool.traits.needs_coordinates,
                 bad_input,
                 "pool '{}' cannot join the rows of a foreign key: it needs more than rows",
                 place.pool);
    for (const int64_t table : place.group_tables) {
      const std::string name = place.name + "." + graph_.store.tables[table].name;
      auto [weight, bias] = place.parameters.declare_linear(name + ".own", width_, width_);
      own_[table] = {weight, bias,
                     place.parameters.declare(name + ".norm.weight", {width_}, Init::ones),
                     place.parameters.declare(name + ".norm.bias", {width_}, Init::zeros)};
    }
    ordered_ = pool.traits.ordered;
    const Options options = options_of(place.entry_options, "pool", place.pool, pool.info.options);
    for (int64_t r = 0; r < graph_.relations(); ++r) {
      if (!own_[graph_.group_table(r)].weight.defined()) continue;
      const std::string name = place.name + "." + graph_.relation_name(r);
      relations_[r].pool = pool.make(options, {place.parameters, name + ".pool", width_});
      relations_[r].weight =
          place.parameters.declare_linear(name, pool.out_width(options, width_), width_).first;
    }
  }

  std::vector<at::Tensor> forward(const Shard& shard, const std::vector<at::Tensor>& x,
                                  int64_t levels) const override {
    std::vector<at::Tensor> out(x.size());
    for (size_t table = 0; table < own_.size(); ++table) {
      const Own& own = own_[table];
      const int64_t groups = shard.tables[table].level_end[levels - 1];
      if (!own.weight.defined() || groups == 0) continue;
      at::Tensor sum = linear_rows(x[table].narrow(0, 0, groups), own.weight, own.bias);
      for (int64_t r = 0; r < graph_.relations(); ++r) {
        if (graph_.group_table(r) != static_cast<int64_t>(table) || !shard.joins[r]) continue;
        const JoinPtr join = prefix(shard.joins[r], groups);
        if (join->links() == 0) continue;
        PoolInput input;
        input.rows = x[graph_.row_table(r)];
        input.join = join;
        // The rows of a group stand in the order of time, so a link's place is its order key.
        std::vector<double> order;
        if (ordered_) {
          order.resize(static_cast<size_t>(join->links()));
          std::iota(order.begin(), order.end(), 0.0);
          input.order = order.data();
        }
        sum = at::add(
            sum, linear_rows(relations_[r].pool->forward(input).value, relations_[r].weight, {}));
      }
      out[table] = at::relu(at::layer_norm(sum, {width_}, own.norm_weight, own.norm_bias));
    }
    return out;
  }

 private:
  struct Own {
    at::Tensor weight, bias, norm_weight, norm_bias;
  };
  struct Relation {
    std::unique_ptr<Pool> pool;
    at::Tensor weight;
  };
  const Graph& graph_;
  int64_t width_;
  bool ordered_ = false;  // the pool wants to know which row is later
  std::vector<Own> own_;  // by table; undefined where nothing is wanted
  std::vector<Relation> relations_;
};

}  // namespace

CENOTE_LAYER(sage) {
  LayerEntry entry;
  entry.info = {"heterogeneous GraphSAGE: pool each relation, map, add, LayerNorm, ReLU",
                "Hamilton et al. 2017, arXiv:1706.02216; Robinson et al. 2024, arXiv:2407.20060",
                "cenote fit examples/f1 --task driver-dnf --model sage --set layers=2",
                {}};
  entry.make = [](const Options&, const LayerPlace& place) -> std::unique_ptr<Layer> {
    return std::make_unique<Sage>(place);
  };
  return entry;
}

}  // namespace cenote
