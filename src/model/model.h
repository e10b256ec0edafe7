// SPDX-License-Identifier: Apache-2.0
// Models. One file per model; a model is a network, which the trainer drives, an estimator, which fits itself, a
// ranker, which does so too and recommends items, or made of other models.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "graph/batch.h"
#include "graph/seeds.h"
#include "kernel/linear.h"
#include "layer/detail/row_encoder.h"
#include "metric/metric.h"

namespace cenote {

/// What a model is made for. Everything referred to must outlive it.
struct ModelContext {
  const Graph& graph;
  const std::vector<TableCodes>& codes;  // by table
  int32_t entity_table = 0;
  TaskType task_type = TaskType::regression;
  int64_t horizon = 0;  // microseconds; labels of a seed at t are known from t + horizon
  int64_t outputs = 1;  // numbers a seed
  uint64_t seed = 0;
  EntryOptions entry_options = {};  // of pools
  const Schema* schema = nullptr;   // what columns mean; of the graph's tables
  const Task* task = nullptr;
  int64_t last_training_time = 0;  // statistics and vocabularies look no further
  int32_t item_table = -1;         // of link prediction: whose rows are recommended
};

/// A differentiable model: encode() once per distinct row of a batch, forward() once per shard.
///
/// Threads    encode() and forward() are safe to call concurrently.
class Network {
 public:
  virtual ~Network() = default;
  virtual const ParameterSet& parameters() const = 0;
  virtual SamplerOptions sampler() const = 0;
  /// Of what it multiplies.
  virtual Precision precision() const { return Precision::float32; }
  /// Rows [n] in [0, N] of a table (N: its columns are missing) -> [n, width].
  virtual at::Tensor encode(int64_t table, std::span<const int64_t> rows,
                            const Pass& pass) const = 0;
  /// encode() in two steps, without dropout: what the columns of rows are to the network [n, width of
  /// context.codes[table]], and the encoding of that. Gradient of the second with respect to the codes.
  virtual at::Tensor codes(int64_t table, std::span<const int64_t> rows) const = 0;
  virtual at::Tensor encode_codes(int64_t table, const at::Tensor& codes) const = 0;
  /// x[table] [occurrences, width]: the encoding of each occurrence of the shard -> [seeds, outputs].
  virtual at::Tensor forward(const Shard& shard, std::vector<at::Tensor> x,
                             const Pass& pass) const = 0;
};

/// Labels that may be looked back on; a row counts for a seed only if its window has closed by the seed's cut. Of
/// link prediction there is a row for each item.
struct History {
  std::vector<int64_t> row;  // entity rows
  std::vector<int64_t> time;
  std::vector<double> label;  // [n, width]; of link prediction the item's row
  int64_t width = 1;
};

/// A feature that a model has chosen to look at, for a person to read and check.
struct UsedFeature {
  std::string sentence;
  std::string sql;   // see to_sql() in feature/feature.h
  double share = 0;  // of what all features gained in training
};

/// What a part of a prediction is about, for a person to read. Empty fields do not apply.
struct EffectName {
  std::string sentence;  // "mean of position in the last 5 qualifying (by qualifying.driverId)"
  std::string table;     // the table of the rows it looks at
  std::string link;  // how they are reached from the entity: "results.driverId > results.raceId^"
  std::string column;
  std::string window;  // "all", "last 5 rows", "last 720 days"
};

/// What an estimator's features added to predictions.
struct FeatureEffects {
  std::vector<EffectName> names;    // [F]
  std::vector<std::string> values;  // [S, F] the features themselves, as a person reads them
  /// [S, outputs, F] in the unit of predictions: those of a seed and output add up to its prediction, but for a
  /// number that is the same for all seeds.
  std::vector<double> amounts;
};

/// What an estimator learns from.
struct EstimatorData {
  const SeedTable& train;
  const SeedTable& val;  // for choices only
  const History& history;
  const Judge& judge;  // of predictions for `val`
  int64_t staleness;   // microseconds that the database may lag behind a seed when it is predicted
  ThreadPool& threads;
  const Hooks& hooks;
};

/// A model that fits itself.
class Estimator {
 public:
  virtual ~Estimator() = default;
  virtual void fit(const EstimatorData& data) = 0;
  /// [seeds, outputs], as metrics take them.
  virtual std::vector<double> predict(std::span<const Seed> seeds, const History& history,
                                      ThreadPool& threads) const = 0;
  virtual nlohmann::json save() const = 0;
  virtual void load(const nlohmann::json& state) = 0;
  /// Best first; none of models that do not choose.
  virtual std::vector<UsedFeature> used_features() const { return {}; }
  /// Without features where all seeds get the same prediction.
  virtual FeatureEffects explain(std::span<const Seed>, const History&, ThreadPool&) const {
    return {};
  }
  /// [S][F] the cells that each feature of explain() was made of for a seed, with amounts that add up to 1; none where
  /// it is not made of the database's (past labels, the calendar).
  virtual std::vector<std::vector<std::vector<CellPart>>> cells(std::span<const Seed> seeds,
                                                                ThreadPool&) const {
    return std::vector<std::vector<std::vector<CellPart>>>(seeds.size());
  }
};

/// Items recommended to seeds, the best first, none twice.
struct Rankings {
  int64_t top = 0;            // places a seed
  std::vector<int64_t> item;  // [S, top] rows of the item table; -1: there are no more
  std::vector<double>
      score;  // [S, top], never rising along a seed's places; 0 where there is no item
};

/// A model that fits itself and recommends: of the items that exist at a seed's cut, those that it will have.
class Ranker {
 public:
  virtual ~Ranker() = default;
  /// The judge takes the `task.k` best items of each validation seed as numbers [S, k].
  virtual void fit(const EstimatorData& data) = 0;
  /// Never holds more than a block of (seed, item) pairs. REQUIRES top >= 1.
  virtual Rankings rank(std::span<const Seed> seeds, const History& history, int64_t top,
                        ThreadPool& threads, const Hooks& hooks) const = 0;
  virtual nlohmann::json save() const = 0;
  virtual void load(const nlohmann::json& state) = 0;
  /// Best first; none of models that do not choose.
  virtual std::vector<UsedFeature> used_features() const { return {}; }
};

/// The other half of a network that recommends: items as vectors. A seed's score of an item is the product of the two
/// vectors; a pass that trains gives the scores that its loss takes instead (src/model/two_tower.cpp).
class ItemTower {
 public:
  virtual ~ItemTower() = default;
  /// What seeds of training have, to draw from. REQUIRES it to outlive the training.
  virtual void learn_from(const SeedTable& train) = 0;
  /// Rows [n] of the item table -> [n, as many as the network puts out].
  virtual at::Tensor items(std::span<const int64_t> rows, const Pass& pass) const = 0;
};

struct ModelEntry {
  EntryInfo info;
  std::unique_ptr<Network> (*make_network)(const Options& options,
                                           const ModelContext& context) = nullptr;
  std::unique_ptr<Estimator> (*make_estimator)(const Options& options,
                                               const ModelContext& context) = nullptr;
  std::unique_ptr<Ranker> (*make_ranker)(const Options& options,
                                         const ModelContext& context) = nullptr;
  /// Made of other models: the engine chooses them and how much of each is taken.
  bool has_members() const {
    return make_network == nullptr && make_estimator == nullptr && make_ranker == nullptr;
  }
  /// Rankers and networks that recommend answer link prediction, the others the rest.
  bool answers(TaskType type) const {
    return has_members() ||
           (make_ranker != nullptr || recommends) == (type == TaskType::link_prediction);
  }
  bool looks_back = false;   // predictions need the history of labels
  bool reads_rows = true;    // and not labels alone: then stale training means something
  bool takes_edges = false;  // of a network: a plan of joins may make a table's rows edges
  bool recommends = false;   // of a network: it is an ItemTower, too
};

/// Begins an entry: CENOTE_MODEL(sage) { return {...}; } in src/model/sage.cpp.
#define CENOTE_MODEL(name)   \
  namespace entries {        \
  ModelEntry model_##name(); \
  }                          \
  ModelEntry entries::model_##name()

const Registry<ModelEntry>& model_registry();

}  // namespace cenote
