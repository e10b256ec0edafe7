// SPDX-License-Identifier: Apache-2.0
#include "model/detail/layered_network.h"

#include <ATen/ops/add.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/time.h"
#include "kernel/bfloat16_product.h"
#include "kernel/segment.h"
#include "kernel/time_code.h"

namespace cenote {
namespace {

constexpr int64_t kMaxHops = 8;

/// "128,64" -> one number a hop.
std::vector<int64_t> parse_fanout(const NetworkPlan& plan, const std::string& text,
                                  int64_t layers) {
  std::vector<int64_t> out;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    int64_t value = 0;
    const auto result = std::from_chars(text.data() + begin, text.data() + end, value);
    CENOTE_CHECK(result.ec == std::errc() && result.ptr == text.data() + end && value >= 1 &&
                     value <= 100000,
                 bad_input,
                 "option 'fanout' of {}: '{}' is not a list of whole numbers in [1, 100000], "
                 "such as 128,64",
                 plan.model, text);
    out.push_back(value);
    begin = end + 1;
  }
  const auto hops = static_cast<int64_t>(out.size());
  CENOTE_CHECK(!plan.hop_per_layer || hops == layers, bad_input,
               "option 'fanout' of {}: '{}' has {} numbers, one for each of the {} layers is "
               "needed",
               plan.model, text, hops, layers);
  CENOTE_CHECK(hops <= kMaxHops, bad_input,
               "option 'fanout' of {}: '{}' has {} numbers, at most {} hops are possible",
               plan.model, text, hops, kMaxHops);
  return out;
}

Precision parse_precision(const std::string& text) {
  const bool is_short = text == "auto" ? has_bfloat16_tiles() : text == "bfloat16";
  return is_short ? Precision::bfloat16 : Precision::float32;
}

}  // namespace

std::vector<Option> network_options(const NetworkDefaults& defaults) {
  return {
      {"channels", int64_t{64}, "numbers per row; a multiple of 32", 32, 1024, {}},
      {"layers", defaults.layers, "rounds of join, map and pool", 1, 4, {}},
      {"fanout", defaults.fanout, defaults.fanout_help, 0, 0, {}},
      {"sampling", std::string("latest"), "which of the visible rows", 0, 0, {"uniform", "latest"}},
      {"pool",
       defaults.pool,
       "the pool that joins the rows of a relation; mean,results.driverId:max gives one of them "
       "another",
       0,
       0,
       {}},
      {"blocks", int64_t{2}, "residual blocks of the row encoders", 0, 16, {}},
      {"dropout", 0.2, "share of numbers dropped in the row encoders while training", 0, 0.9, {}},
      {"residual", false, "add what goes into a layer to what comes out of it", 0, 0, {}},
      {"joins",
       std::string("all"),
       "which links are followed: all, or the names of some with '+' between them",
       0,
       0,
       {}},
      {"precision",
       std::string("auto"),
       "numbers that are multiplied; auto: bfloat16 on processors with tiles for it (AMX)",
       0,
       0,
       {"auto", "float32", "bfloat16"}}};
}

LayeredNetwork::LayeredNetwork(const NetworkPlan& plan, const Options& options,
                               const ModelContext& context)
    : parameters_(context.seed),
      graph_(context.graph),
      entity_table_(context.entity_table),
      width_(options.get_int("channels")),
      reach_(plan.reach),
      precision_(parse_precision(options.get_text("precision"))) {
  CENOTE_CHECK(width_ % 32 == 0, bad_input, "option 'channels' of {}: {} is not a multiple of 32",
               plan.model, width_);
  sampler_.fanout = parse_fanout(plan, options.get_text("fanout"), options.get_int("layers"));
  sampler_.latest = options.get_text("sampling") == "latest";
  sampler_.seed = context.seed;
  const std::string joins = options.get_text("joins");
  if (joins != "all") {
    const JoinSpace space(graph_, entity_table_, static_cast<int64_t>(sampler_.fanout.size()),
                          plan.edges);
    joins_ = space.parse(joins);
    sampler_.links = space.sampled_links(*joins_);
  }
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
  make_layers(plan, options, context);
  head_ = parameters_.declare_linear("head", width_, context.outputs);
}

void LayeredNetwork::make_layers(const NetworkPlan& plan, const Options& options,
                                 const ModelContext& context) {
  const LayerEntry& layer = layer_registry().at(plan.layer);
  Options layer_options(layer.info.options);
  layer_options.set(plan.layer, "residual", to_text(options.get_bool("residual")));
  const int64_t layers = options.get_int("layers");
  for (int64_t k = 0; k < layers; ++k) {
    LayerPlace place{parameters_, "layer" + std::to_string(k), graph_,
                     width_,      options.get_text("pool"),    {}};
    place.entry_options = context.entry_options;
    place.joins = joins_ ? &*joins_ : nullptr;
    // Only the seeds are wanted from the last layer.
    for (int32_t table = 0; table < static_cast<int32_t>(encoders_.size()); ++table) {
      if (k + 1 < layers || table == entity_table_) place.group_tables.push_back(table);
    }
    layers_.push_back(layer.make(layer_options, place));
  }
}

at::Tensor LayeredNetwork::encode(int64_t table, std::span<const int64_t> rows,
                                  const Pass& pass) const {
  const PrecisionScope scope(precision_);
  return encoders_[table].forward(rows, pass);
}

at::Tensor LayeredNetwork::codes(int64_t table, std::span<const int64_t> rows) const {
  return encoders_[table].codes(rows);
}

at::Tensor LayeredNetwork::encode_codes(int64_t table, const at::Tensor& codes) const {
  const PrecisionScope scope(precision_);
  return encoders_[table].encode(codes);
}

/// Days from each occurrence's row to its seed: the different ones, and which of them it is. Many rows of a shard lie the
/// same time before their seeds, so codes of spans are fewer than occurrences.
struct LayeredNetwork::TimeSpans {
  std::vector<double> days;
  RowsPtr of_occurrence;
};

at::Tensor LayeredNetwork::forward(const Shard& shard, std::vector<at::Tensor> x,
                                   const Pass&) const {
  return linear_rows(run_layers(shard, std::move(x)), head_.first, head_.second);
}

/// What the head sees of each seed: [seeds, channels].
at::Tensor LayeredNetwork::run_layers(const Shard& shard, std::vector<at::Tensor> x) const {
  const PrecisionScope scope(precision_);
  for (size_t table = 0; table < x.size(); ++table) {
    if (!x[table].defined() || !time_[table].first.defined()) continue;
    const TimeSpans spans = time_spans(shard, table);
    const at::Tensor codes = linear_rows(time_codes(spans.days, width_, x[table].scalar_type()),
                                         time_[table].first, time_[table].second);
    x[table] = at::add(x[table], gather_rows(codes, spans.of_occurrence));
  }
  // The layers after this one take rows from up to `left` hops away.
  const auto hops = static_cast<int64_t>(sampler_.fanout.size());
  int64_t left = reach_ * static_cast<int64_t>(layers_.size());
  for (const auto& layer : layers_) {
    left -= reach_;
    x = layer->forward(shard, x, std::min(hops, left) + 1);
  }
  return x[entity_table_];
}

/// 0 days where the row has no time or its columns are missing.
LayeredNetwork::TimeSpans LayeredNetwork::time_spans(const Shard& shard, size_t table) const {
  const StoredTable& stored = graph_.store.tables[table];
  const ShardTable& part = shard.tables[table];
  std::vector<int64_t> span(part.row.size(), 0);
  for (size_t i = 0; i < span.size(); ++i) {
    if (part.row[i] < stored.rows && stored.time[part.row[i]] != kTimeNever)
      span[i] = shard.seeds[part.seed[i]].time - stored.time[part.row[i]];
  }
  std::vector<int64_t> order(span.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return span[a] < span[b]; });
  TimeSpans out;
  auto place = std::make_shared<std::vector<int64_t>>(span.size());
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || span[order[i]] != span[order[i - 1]])
      out.days.push_back(static_cast<double>(span[order[i]]) / kMicrosPerDay);
    (*place)[order[i]] = static_cast<int64_t>(out.days.size()) - 1;
  }
  out.of_occurrence = std::move(place);
  return out;
}

}  // namespace cenote
