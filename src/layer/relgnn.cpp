// SPDX-License-Identifier: Apache-2.0
// RelGNN's layer: rows of a link table are edges, not stations. A parent gets, over each pair of foreign keys
// of a child table, its children fused with their other parents: two hops in one layer.
//
//   out(i) = ReLU(LayerNorm_T(W_T x(i) + b_T + sum over messages m to T of W_m message_m(i)))
//
//   composite, for each ordered pair (f, g) of the foreign keys of a table with two or more, f into T:
//     message(i) = pool over the children c of i by f of (x(c) + B x(parent of c by g))
//   plain, for the foreign key f into T of a table with no other:
//     message(i) = pool over the children c of i by f of x(c)
//   parent, for each foreign key of T: message(i) = x(parent of i)
//
// With a plan of joins, its edge tables alone make composite messages, and their rows get none; of the other keys
// those that it follows count.
//
// A key into its own table makes no pairs; it is plain.
//
// Shapes    x [n, width] per table; out [groups, width] per group table.
// Empty     a group without children, or a row without parent, adds nothing. A child whose other parent is
//           unknown, not visible or beyond the last hop is x(c) alone.
// Options   residual, false: adds x(i) to out(i). The pools are the place's, as in sage; the paper's is attention.
// Gradient  with respect to x and all parameters.
// Cost      per pair O(parents width^2 + children width) and the pool. The fusion is linear, so B runs once a
//           parent, not once a link.
// Source    Chen, Kanatsoulis, Leskovec 2025, arXiv:2502.06784, atomic routes and composite messages, as in the
//           authors' program but for three things. There the child has a map in the fusion too: where it can
//           be inverted the maps after it do the same, and one layer of attention without it had the better
//           validation metrics on driver-top3. There the fused row is the link table's own new row too, summed over the pairs: here that
//           row has its own map and one a parent, the same sum with its own weights. There attention asks
//           with the receiving row: the pool `attention` asks with a learned query.
#include <ATen/ops/add.h>

#include "kernel/linear.h"
#include "layer/detail/group_parts.h"
#include "layer/layer.h"

namespace cenote {
namespace {

class RelGnn : public Layer {
 public:
  RelGnn(const Options& options, const LayerPlace& place) : graph_(place.graph) {
    const LinkPools pools(place.pool, graph_);
    own_.resize(graph_.store.tables.size());
    for (const int64_t table : place.group_tables) {
      own_[table] = OwnRow(options, place, place.name + "." + graph_.store.tables[table].name);
    }
    const auto links = static_cast<int64_t>(graph_.links.size());
    for (int64_t f = 0; f < links; ++f) {
      const GraphLink& link = graph_.links[f];
      const std::string name = place.name + "." + link.name;
      const bool is_edge = place.joins != nullptr && place.joins->edge[link.child_table];
      if (place.joins != nullptr && !is_edge && !place.joins->link[f]) continue;
      if (own_[link.child_table].defined() && !is_edge) {
        const std::string back = place.name + "." + graph_.relation_name(2 * f + 1);
        parents_.push_back(
            {f, place.parameters.declare_linear(back, place.width, place.width).first});
      }
      if (!own_[link.parent_table].defined()) continue;
      bool paired = false;
      for (int64_t g = 0; g < links; ++g) {
        if (g == f || !makes_pairs(f) || !makes_pairs(g)) continue;
        if (place.joins != nullptr && !is_edge) continue;
        if (graph_.links[g].child_table != link.child_table) continue;
        const std::string pair = name + "+" + graph_.links[g].name;
        messages_.push_back(
            {f, g, PooledLink(place, pools.of(2 * f), pair),
             place.parameters.declare_linear(pair + ".parent", place.width, place.width).first});
        paired = true;
      }
      if (!paired) messages_.push_back({f, -1, PooledLink(place, pools.of(2 * f), name)});
    }
  }

  std::vector<at::Tensor> forward(const Shard& shard, const std::vector<at::Tensor>& x,
                                  int64_t levels) const override {
    std::vector<at::Tensor> out(x.size());
    for (size_t table = 0; table < own_.size(); ++table) {
      const int64_t groups = shard.tables[table].level_end[levels - 1];
      if (own_[table].defined() && groups > 0) out[table] = own_[table].map(x[table], groups);
    }
    for (const Message& message : messages_) {
      const GraphLink& link = graph_.links[message.link];
      at::Tensor& sum = out[link.parent_table];
      const JoinPtr& all = shard.joins[2 * message.link];
      if (!sum.defined() || !all) continue;
      const JoinPtr join = first_groups(all, sum.size(0));
      if (join->links() == 0) continue;
      // The children of these groups are at most one hop further than they.
      const auto& level_end = shard.tables[link.child_table].level_end;
      const int64_t children =
          level_end[std::min(levels, static_cast<int64_t>(level_end.size()) - 1)];
      const at::Tensor rows = x[link.child_table].narrow(0, 0, children);
      sum = at::add(
          sum, message.pooled.forward(fuse(message, shard, rows, x), join, x[link.parent_table]));
    }
    for (const ToParent& map : parents_) {
      const GraphLink& link = graph_.links[map.link];
      at::Tensor& sum = out[link.child_table];
      const JoinPtr& all = shard.joins[2 * map.link + 1];
      if (!sum.defined() || !all) continue;
      const JoinPtr join = first_groups(all, sum.size(0));
      if (join->links() == 0) continue;
      sum = at::add(sum, map_parents(x[link.parent_table], join, map.weight));
    }
    for (size_t table = 0; table < own_.size(); ++table) {
      if (out[table].defined()) out[table] = own_[table].finish(out[table], x[table]);
    }
    return out;
  }

 private:
  /// Children by `link`; `other` is the key to their other parent, -1: a plain message.
  struct Message {
    int64_t link, other;
    PooledLink pooled;
    at::Tensor parent = {};
  };
  struct ToParent {
    int64_t link;
    at::Tensor weight;
  };

  bool makes_pairs(int64_t link) const {
    return graph_.links[link].child_table != graph_.links[link].parent_table;
  }

  /// What is pooled: the children, fused with their other parents where there are any.
  at::Tensor fuse(const Message& message, const Shard& shard, const at::Tensor& rows,
                  const std::vector<at::Tensor>& x) const {
    if (message.other < 0) return rows;
    const JoinPtr& all = shard.joins[2 * message.other + 1];
    if (!all) return rows;
    const JoinPtr join = first_groups(all, rows.size(0));
    if (join->links() == 0) return rows;
    const at::Tensor& parents = x[graph_.links[message.other].parent_table];
    return at::add(rows, segment_sum(linear_rows(parents, message.parent, {}), join));
  }

  const Graph& graph_;
  std::vector<OwnRow> own_;  // by table; undefined where nothing is wanted
  std::vector<Message> messages_;
  std::vector<ToParent> parents_;
};

}  // namespace

CENOTE_LAYER(relgnn) {
  LayerEntry entry;
  entry.info = {"composite messages: children fused with their other parents, pooled by the parent",
                "Chen et al. 2025, arXiv:2502.06784",
                "cenote fit examples/f1 --task driver-dnf --model relgnn", group_options()};
  entry.make = [](const Options& options, const LayerPlace& place) -> std::unique_ptr<Layer> {
    return std::make_unique<RelGnn>(options, place);
  };
  return entry;
}

}  // namespace cenote
