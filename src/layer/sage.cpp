// SPDX-License-Identifier: Apache-2.0
// Heterogeneous GraphSAGE: every relation pools the rows of a group and maps the result; a group adds its
// relations and its own mapped row, then LayerNorm and ReLU.
//
//   out(i) = ReLU(LayerNorm_T(W_T x(i) + b_T + sum over relations r into T of W_r pool_{j in r(i)} x(j)))
//
// Shapes    x [n, width] per table; out [groups, width] per group table.
// Empty     a group without rows adds nothing for that relation.
// Options   residual, false: adds x(i) to out(i). The pools are the place's: one for all relations, and others for
//           some (LinkPools).
// Gradient  with respect to x and all parameters.
// Cost      O(E width) for the pools and O(groups width^2) a relation: the pool comes before the map, so the map runs
//           once a group, not once a link; but once a parent where a parent's row is all there is to pool.
// Source    Hamilton, Ying, Leskovec 2017, arXiv:1706.02216, in the heterogeneous form of RelBench's reference
//           (Robinson et al. 2024, arXiv:2407.20060); its one root map per relation is one per table here,
//           which is the same function.
#include <ATen/ops/add.h>

#include "layer/detail/group_parts.h"
#include "layer/layer.h"

namespace cenote {
namespace {

class Sage : public Layer {
 public:
  Sage(const Options& options, const LayerPlace& place) : graph_(place.graph) {
    const LinkPools pools(place.pool, graph_);
    own_.resize(graph_.store.tables.size());
    relations_.resize(graph_.relations());
    for (const int64_t table : place.group_tables) {
      own_[table] = OwnRow(options, place, place.name + "." + graph_.store.tables[table].name);
    }
    for (int64_t r = 0; r < graph_.relations(); ++r) {
      if (!own_[graph_.group_table(r)].defined()) continue;
      if (place.joins != nullptr && !place.joins->link[r / 2]) continue;
      relations_[r] =
          PooledLink(place, pools.of(r), place.name + "." + graph_.relation_name(r), r % 2 == 1);
    }
  }

  std::vector<at::Tensor> forward(const Shard& shard, const std::vector<at::Tensor>& x,
                                  int64_t levels) const override {
    std::vector<at::Tensor> out(x.size());
    for (size_t table = 0; table < own_.size(); ++table) {
      const OwnRow& own = own_[table];
      const int64_t groups = shard.tables[table].level_end[levels - 1];
      if (!own.defined() || groups == 0) continue;
      at::Tensor sum = own.map(x[table], groups);
      for (int64_t r = 0; r < graph_.relations(); ++r) {
        if (graph_.group_table(r) != static_cast<int64_t>(table) || !shard.joins[r]) continue;
        if (!relations_[r].defined()) continue;
        const JoinPtr join = first_groups(shard.joins[r], groups);
        if (join->links() == 0) continue;
        sum = at::add(sum, relations_[r].forward(x[graph_.row_table(r)], join, x[table]));
      }
      out[table] = own.finish(sum, x[table]);
    }
    return out;
  }

 private:
  const Graph& graph_;
  std::vector<OwnRow> own_;  // by table; undefined where nothing is wanted
  std::vector<PooledLink> relations_;
};

}  // namespace

CENOTE_LAYER(sage) {
  LayerEntry entry;
  entry.info = {"heterogeneous GraphSAGE: pool each relation, map, add, LayerNorm, ReLU",
                "Hamilton et al. 2017, arXiv:1706.02216; Robinson et al. 2024, arXiv:2407.20060",
                "cenote fit examples/f1 --task driver-dnf --model sage --set layers=2",
                group_options()};
  entry.make = [](const Options& options, const LayerPlace& place) -> std::unique_ptr<Layer> {
    return std::make_unique<Sage>(options, place);
  };
  return entry;
}

}  // namespace cenote
