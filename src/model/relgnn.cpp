// SPDX-License-Identifier: Apache-2.0
// RelGNN: rows encoded once, relative time, layers of composite messages with attention, a linear head.
//
// Shapes, Empty, Gradient, Cost    those of LayeredNetwork (model/detail/layered_network.h).
// Options   channels, layers, fanout, sampling, pool, blocks, dropout, residual, joins, precision. Hops and layers are free of
//           each other: a layer takes children one hop away and their other parents two hops away, so one layer
//           uses two hops. Rows of the last hop take part with nothing drawn for them. One layer by validation
//           metrics of driver-top3, seeds 0 and 1, both protocols: a second over the same two hops was worse.
// Source    Chen, Kanatsoulis, Leskovec 2025, arXiv:2502.06784.
#include "model/detail/layered_network.h"

namespace cenote {

CENOTE_MODEL(relgnn) {
  NetworkDefaults defaults;
  defaults.layers = 1;
  defaults.fanout_help = "rows sampled per hop, row and relation, one number a hop";
  defaults.pool = "attention";
  ModelEntry entry;
  entry.info = {"composite messages over link tables with attention, a linear head",
                "Chen et al. 2025, arXiv:2502.06784",
                "cenote fit examples/f1 --task driver-dnf --model relgnn --set layers=2",
                network_options(defaults)};
  entry.make_network = [](const Options& options,
                          const ModelContext& context) -> std::unique_ptr<Network> {
    const NetworkPlan plan{
        .model = "relgnn", .layer = "relgnn", .reach = 2, .hop_per_layer = false, .edges = true};
    return std::make_unique<LayeredNetwork>(plan, options, context);
  };
  entry.takes_edges = true;
  return entry;
}

}  // namespace cenote
