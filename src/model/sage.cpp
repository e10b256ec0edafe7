// SPDX-License-Identifier: Apache-2.0
// The reference network: encode rows, add the relative time, SAGE layers, a linear head on the seed.
//
// Shapes, Empty, Gradient, Cost    those of LayeredNetwork (model/detail/layered_network.h).
// Options   channels, layers, fanout, sampling, pool, blocks, dropout, residual, joins, precision. The defaults are smaller than
//           the reference's (128 channels, 128,64 rows drawn uniformly, 4 blocks, sum): chosen on validation
//           metrics of the f1 tasks, where the latest rows and means do better.
// Source    Robinson et al. 2024, arXiv:2407.20060 (RelBench's reference model).
#include "model/detail/layered_network.h"

namespace cenote {

CENOTE_MODEL(sage) {
  ModelEntry entry;
  entry.info = {"rows encoded once, relative time, heterogeneous GraphSAGE layers, a linear head",
                "Robinson et al. 2024, arXiv:2407.20060",
                "cenote fit examples/f1 --task driver-top3 --model sage --set channels=128 --set "
                "fanout=128,64",
                network_options({})};
  entry.make_network = [](const Options& options,
                          const ModelContext& context) -> std::unique_ptr<Network> {
    const NetworkPlan plan{.model = "sage", .layer = "sage"};
    return std::make_unique<LayeredNetwork>(plan, options, context);
  };
  return entry;
}

}  // namespace cenote
