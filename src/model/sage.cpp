// SPDX-License-Identifier: Apache-2.0
// The reference network: encode rows, add the relative time, SAGE layers, a linear head on the seed.
//
// Shapes    see model.h; every row is `channels` numbers wide.
// Empty     a seed without any visible row is its own row alone; one without a visible own row is the
//           encoding of a row whose columns are all missing.
// Options   below. The defaults are smaller than the reference's (128 channels, 128,64 rows drawn uniformly, 4
//           blocks, sum): chosen on validation metrics of the f1 tasks, where the latest rows and means do better.
// Gradient  with respect to all parameters.
// Cost      rows are encoded once per batch; layer k runs only for occurrences that reach a seed.
// Source    Robinson et al. 2024, arXiv:2407.20060 (RelBench's reference model).
#include <ATen/ops/add.h>

#include <charconv>

#include "base/time.h"
#include "kernel/linear.h"
#include "kernel/time_code.h"
#include "layer/layer.h"
#include "model/model.h"

namespace cenote {
namespace {

/// "128,64" -> one number a hop.
std::vector<int64_t> parse_fanout(const std::string& text, int64_t layers) {
  std::vector<int64_t> out;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    int64_t value = 0;
    const auto result = std::from_chars(text.data() + begin, text.data() + end, value);
    CENOTE_CHECK(result.ec == std::errc() && result.ptr == text.data() + end && value >= 1 &&
                     value <= 100000,
                 bad_input,
                 "option 'fanout' of sage: '{}' is not a list of whole numbers in [1, 100000], "
                 "such as 128,64",
                 text);
    out.push_back(value);
    begin = end + 1;
  }
  CENOTE_CHECK(
      static_cast<int64_t>(out.size()) == layers, bad_input,
      "option 'fanout' of sage: '{}' has {} numbers, one for each of the {} layers is needed", text,
      out.size(), layers);
  return out;
}

class SageNetwork : public Network {
 public:
  SageNetwork(const Options& options, const ModelContext& context)
      : graph_(context.graph),
        entity_table_(context.entity_table),
        parameters_(context.seed),
        width_(options.get_int("channels")),
        layers_count_(options.get_int("layers")) {
    CENOTE_CHECK(width_ % 32 == 0, bad_input,
                 "option 'channels' of sage: {} is not a multiple of 32", width_);
    sampler_.fanout = parse_fanout(options.get_text("fanout"), layers_count_);
    sampler_.latest = options.get_text("sampling") == "latest";
    sampler_.seed = context.seed;
    RowEncoder::Shape shape;
    shape.width = width_;
    shape.blocks = options.get_int("blocks");
    shape.dropout = options.get_double("dropout");
    const auto& tables = graph_.store.tables;
    for (size_t table = 0; table < tables.size(); ++table) {
      encoders_.emplace_back(parameters_, "rows." + tables[table].name, context.codes[table],
                             tables[table].key_hash, shape);
      time_.push_back(tables[table].timed
                          ? parameters_.declare_linear("time." + tables[table].name, width_, width_)
                          : std::pair<at::Tensor, at::Tensor>());
    }
    const LayerEntry& layer = layer_registry().at("sage");
    for (int64_t k = 0; k < layers_count_; ++k) {
      LayerPlace place{parameters_, "layer" + std::to_string(k), graph_,
                       width_,      options.get_text("pool"),    {}};
      place.entry_options = context.entry_options;
      // Only the seeds are wanted from the last layer.
      for (size_t table = 0; table < tables.size(); ++table) {
        if (k + 1 < layers_count_ || static_cast<int32_t>(table) == entity_table_) {
          place.group_tables.push_back(static_cast<int64_t>(table));
        }
      }
      layers_.push_back(layer.make(Options(layer.info.options), place));
    }
    head_ = parameters_.declare_linear("head", width_, context.outputs);
  }

  const ParameterSet& parameters() const override { return parameters_; }
  SamplerOptions sampler() const override { return sampler_; }

  at::Tensor encode(int64_t table, std::span<const int64_t> rows, const Pass& pass) const override {
    return encoders_[table].forward(rows, pass);
  }

  at::Tensor forward(const Shard& shard, std::vector<at::Tensor> x, const Pass&) const override {
    for (size_t table = 0; table < x.size(); ++table) {
      if (!x[table].defined() || !time_[table].first.defined()) continue;
      x[table] =
          at::add(x[table],
                  linear_rows(time_codes(days_before(shard, table), width_, x[table].scalar_type()),
                              time_[table].first, time_[table].second));
    }
    for (int64_t k = 0; k < layers_count_; ++k)
      x = layers_[k]->forward(shard, x, layers_count_ - k);
    return linear_rows(x[entity_table_], head_.first, head_.second);
  }

 private:
  /// Days from each occurrence's row to its seed; 0 where the row has no time or its columns are missing.
  std::vector<double> days_before(const Shard& shard, size_t table) const {
    const StoredTable& stored = graph_.store.tables[table];
    const ShardTable& part = shard.tables[table];
    std::vector<double> days(part.row.size(), 0.0);
    for (size_t i = 0; i < days.size(); ++i) {
      if (part.row[i] >= stored.rows || stored.time[part.row[i]] == kTimeNever) continue;
      days[i] = static_cast<double>(shard.seeds[part.seed[i]].time - stored.time[part.row[i]]) /
                kMicrosPerDay;
    }
    return days;
  }

  const Graph& graph_;
  int32_t entity_table_;
  ParameterSet parameters_;
  int64_t width_, layers_count_;
  SamplerOptions sampler_;
  std::vector<RowEncoder> encoders_;                     // by table
  std::vector<std::pair<at::Tensor, at::Tensor>> time_;  // by table; undefined: static
  std::vector<std::unique_ptr<Layer>> layers_;
  std::pair<at::Tensor, at::Tensor> head_;
};

}  // namespace

CENOTE_MODEL(sage) {
  ModelEntry entry;
  entry.info = {
      "rows encoded once, relative time, heterogeneous GraphSAGE layers, a linear head",
      "Robinson et al. 2024, arXiv:2407.20060",
      "cenote fit examples/f1 --task driver-top3 --model sage --set channels=128 --set "
      "fanout=128,64",
      {{"channels", int64_t{64}, "numbers per row; a multiple of 32", 32, 1024, {}},
       {"layers", int64_t{2}, "rounds of join, map and pool", 1, 4, {}},
       {"fanout",
        std::string("32,16"),
        "rows sampled per hop, row and relation, one number a layer",
        0,
        0,
        {}},
       {"sampling",
        std::string("latest"),
        "which of the visible rows",
        0,
        0,
        {"uniform", "latest"}},
       {"pool", std::string("mean"), "the pool that joins the rows of a relation", 0, 0, {}},
       {"blocks", int64_t{2}, "residual blocks of the row encoders", 0, 16, {}},
       {"dropout",
        0.2,
        "share of numbers dropped in the row encoders while training",
        0,
        0.9,
        {}}}};
  entry.make_network = [](const Options& options,
                          const ModelContext& context) -> std::unique_ptr<Network> {
    return std::make_unique<SageNetwork>(options, context);
  };
  return entry;
}

}  // namespace cenote
