// SPDX-License-Identifier: Apache-2.0
// Layers: maps between the rows of a shard. One file per layer.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/registry.h"
#include "graph/join_plan.h"
#include "graph/sampler.h"
#include "kernel/parameters.h"

namespace cenote {

/// Where a layer stands in a model.
struct LayerPlace {
  ParameterSet& parameters;
  std::string name;  // its parameters are called NAME.<...>
  const Graph& graph;
  int64_t width;             // of the rows that come in and go out; a multiple of 32
  std::string pool = "sum";  // which pools join the rows of relations, as LinkPools reads it
  std::vector<int64_t> group_tables;  // the tables whose rows are wanted from this layer
  EntryOptions entry_options = {};    // of the pool, where it is not to have its defaults
  const JoinPlan* joins = nullptr;  // those that are followed; null: as the layer has it by itself
};

/// One round of join -> map -> pool.
///
/// forward   x[table] [n, width] for the occurrences of levels 0 ... levels - 1 and of as many more as the
///           layer reaches (where the shard has them); an undefined tensor for a table without any.
///           Result: the occurrences of levels 0 ... levels - 1 of the group tables.
/// Threads   safe to call concurrently.
class Layer {
 public:
  virtual ~Layer() = default;
  virtual std::vector<at::Tensor> forward(const Shard& shard, const std::vector<at::Tensor>& x,
                                          int64_t levels) const = 0;
};

struct LayerEntry {
  EntryInfo info;
  std::unique_ptr<Layer> (*make)(const Options& options, const LayerPlace& place) = nullptr;
};

/// Begins an entry: CENOTE_LAYER(sage) { return {...}; } in src/layer/sage.cpp.
#define CENOTE_LAYER(name)   \
  namespace entries {        \
  LayerEntry layer_##name(); \
  }                          \
  LayerEntry entries::layer_##name()

const Registry<LayerEntry>& layer_registry();

}  // namespace cenote
