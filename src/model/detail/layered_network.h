// SPDX-License-Identifier: Apache-2.0
// What the networks that stack layers over sampled rows share: encode rows, add the relative time, layers, a
// linear head on the seed. A model of this kind is a NetworkPlan and its options' defaults.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "layer/layer.h"
#include "model/model.h"

namespace cenote {

/// Which layers a model stacks.
struct NetworkPlan {
  std::string model;  // its name, for errors
  std::string layer;  // the entry of layer/
  int64_t reach = 1;  // how many hops away a layer still takes rows from
  /// The hops are the layers; else their numbers are free, and rows of the last level take part with nothing
  /// drawn for them.
  bool hop_per_layer = true;
  bool edges = false;  // ModelEntry::takes_edges
};

/// What such a model can have other defaults for.
struct NetworkDefaults {
  int64_t layers = 2;
  std::string fanout = "32,16";
  std::string fanout_help = "rows sampled per hop, row and relation, one number a layer";
  std::string pool = "mean";
};

/// channels, layers, fanout, sampling, pool, blocks, dropout, residual, joins, precision.
std::vector<Option> network_options(const NetworkDefaults& defaults);

/// Shapes    see model.h; every row is `channels` numbers wide.
/// Empty     a seed without any visible row is its own row alone; one without a visible own row is the
///           encoding of a row whose columns are all missing.
/// Options   network_options(). Errors    bad_input for a fanout or a width that does not fit.
/// Gradient  with respect to all parameters.
/// Cost      rows are encoded once per batch; layer k runs only for occurrences that reach a seed.
/// Source    Robinson et al. 2024, arXiv:2407.20060 (RelBench's reference model).
class LayeredNetwork : public Network {
 public:
  LayeredNetwork(const NetworkPlan& plan, const Options& options, const ModelContext& context);
  const ParameterSet& parameters() const override { return parameters_; }
  SamplerOptions sampler() const override { return sampler_; }
  Precision precision() const override { return precision_; }
  at::Tensor encode(int64_t table, std::span<const int64_t> rows, const Pass& pass) const override;
  at::Tensor codes(int64_t table, std::span<const int64_t> rows) const override;
  at::Tensor encode_codes(int64_t table, const at::Tensor& codes) const override;
  at::Tensor forward(const Shard& shard, std::vector<at::Tensor> x,
                     const Pass& pass) const override;

 protected:
  ParameterSet parameters_;

 private:
  struct TimeSpans;
  TimeSpans time_spans(const Shard& shard, size_t table) const;
  at::Tensor run_layers(const Shard& shard, std::vector<at::Tensor> x) const;
  void make_layers(const NetworkPlan& plan, const Options& options, const ModelContext& context);

  const Graph& graph_;
  int32_t entity_table_;
  int64_t width_, reach_;
  Precision precision_;  // of all products but the head's
  SamplerOptions sampler_;
  std::optional<JoinPlan> joins_;     // none: as the layers have it by themselves
  std::vector<RowEncoder> encoders_;  // by table
  std::vector<std::pair<at::Tensor, at::Tensor>> time_;  // by table; undefined: static
  std::vector<std::unique_ptr<Layer>> layers_;
  std::pair<at::Tensor, at::Tensor> head_;
};

}  // namespace cenote
