// SPDX-License-Identifier: Apache-2.0
// Pools as features, trees as model: what an analyst builds by hand with SQL and gradient boosting.
//
//   1. features are suggested from the schema (feature/candidates.h), computed for a sample of the
//      training seeds, and ranked by what a short run of trees gains from them
//   2. the best ones are computed for all training seeds; where the database will be stale when it is used,
//      also for stale copies of them
//   3. a few settings of the trees are tried, the metric of validation chooses, and `bags` boosters are averaged.
//      Each booster stops by the log loss of validation where the task is binary or multilabel, else by the
//      metric: a ranking metric is often at its best before probabilities have left the base rate
//
// Shapes    [seeds, outputs]; multilabel tasks have one booster a label.
// Empty     without any useful feature the constant of the training labels.
// Options   features, candidates, sample, copies, max_rows, search, bags, rounds, patience, lr, leaves,
//           min_rows (see `cenote help model boost`).
// Errors    cancelled.
// Cost      candidates x (sample + rows) for screening, features x (seeds x (1 + copies) + rows) after.
// Threads   columns and blocks of rows; the bytes do not depend on their number.
// Source    gradient boosting: Friedman 2001; LightGBM: Ke et al. 2017. Propositional features over
//           joins: Featuretools (Kanter, Veeramachaneni 2015), getML FastProp.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/hash.h"
#include "feature/candidates.h"
#include "feature/compute.h"
#include "feature/explain.h"
#include "model/detail/boost_bags.h"
#include "model/detail/boost_labels.h"
#include "model/detail/feature_selection.h"
#include "model/detail/label_statistics.h"
#include "model/model.h"
#include "tree/boosting.h"

namespace cenote {
namespace {

/// Settings of the trees that the search tries beside the given ones.
struct Setting {
  int64_t leaves, min_rows;
  double feature_fraction;
};

/// Seeds whose features are in memory at a time. Each block reads the tables anew, so it is large.
constexpr size_t kBlock = 1 << 18;

/// Numbers in memory while features are tried: 400 MB of them.
constexpr int64_t kMostTried = 100'000'000;

/// Trees are grown one a class: with more classes than this the settings are not searched, nor bags averaged.
constexpr int64_t kManyClasses = 30;

/// Short runs of trees that rank features, at least: one alone is noisy.
constexpr int64_t kRankings = 2;

class Boost : public Estimator {
 public:
  Boost(const Options& options, const ModelContext& context)
      : options_(options),
        context_(context),
        space_{*context.schema, context.graph, context.entity_table} {}

  void fit(const EstimatorData& given) override {
    // Boosters grow on several threads, and hooks are called from one at a time.
    Hooks hooks;
    std::mutex asking;
    hooks.cancelled = [&] {
      const std::lock_guard lock(asking);
      return given.hooks.is_cancelled();
    };
    const EstimatorData data{given.train,     given.val,     given.history, given.judge,
                             given.staleness, given.threads, hooks};
    fallback_ = central_label(data.train.label, context_.task_type, context_.outputs);
    given.hooks.report(phase("features", 0, 3));
    const LabelRows labels = label_rows(data.history, context_);
    const int64_t copies = data.staleness > 0 ? options_.get_int("copies") : 0;
    const SeedTable train =
        training_rows(data.train, context_, copies, data.staleness, options_.get_int("max_rows"));
    suggest_and_rank(data, train, labels);
    if (features_.empty()) return;
    given.hooks.report(phase("features", 1, 3));
    const FeatureMatrix x = compute(labels, train.seeds, features_, data);
    const FeatureMatrix val = compute(labels, data.val.seeds, features_, data);
    given.hooks.report(phase("trees", 2, 3));
    choose_and_train(data, train, x, val);
  }

  std::vector<double> predict(std::span<const Seed> seeds, const History& history,
                              ThreadPool& threads) const override {
    if (features_.empty()) {
      std::vector<double> out;
      for (size_t i = 0; i < seeds.size(); ++i)
        out.insert(out.end(), fallback_.begin(), fallback_.end());
      return out;
    }
    const LabelRows labels = label_rows(history, context_);
    std::vector<double> out;
    out.reserve(seeds.size() * context_.outputs);
    for (size_t begin = 0; begin < seeds.size(); begin += kBlock) {
      const auto block = seeds.subspan(begin, std::min(kBlock, seeds.size() - begin));
      const auto part =
          combine(compute_features(space_, labels, features_, block, threads), threads);
      out.insert(out.end(), part.begin(), part.end());
    }
    return out;
  }

  nlohmann::json save() const override {
    nlohmann::json out = {{"fallback", fallback_},
                          {"low", range_.low},
                          {"high", range_.high},
                          {"features", nlohmann::json::array()},
                          {"bags", nlohmann::json::array()}};
    for (const Feature& feature : features_)
      out["features"].push_back(save_feature(space_, feature));
    for (const auto& bag : bags_) {
      auto trees = nlohmann::json::array();
      for (const TreeEnsemble& ensemble : bag) trees.push_back(ensemble.save());
      out["bags"].push_back(trees);
    }
    return out;
  }

  std::vector<UsedFeature> used_features() const override {
    std::vector<double> gain(features_.size(), 0.0);
    for (const auto& bag : bags_) {
      for (const TreeEnsemble& trees : bag) {
        const auto of_trees = trees.importance();
        for (size_t f = 0; f < gain.size(); ++f) gain[f] += of_trees[f];
      }
    }
    return describe_used(space_, features_, gain);
  }

  FeatureEffects explain(std::span<const Seed> seeds, const History& history,
                         ThreadPool& threads) const override {
    const LabelRows labels = label_rows(history, context_);
    return explain_bags(bags_, context_.outputs, range(), space_, features_,
                        compute_features(space_, labels, features_, seeds, threads), threads);
  }

  std::vector<std::vector<std::vector<CellPart>>> cells(std::span<const Seed> seeds,
                                                        ThreadPool&) const override {
    FeatureCells finder(space_, context_.last_training_time);
    std::vector<std::vector<std::vector<CellPart>>> out;
    for (const Seed& seed : seeds) {
      out.emplace_back();
      for (const Feature& feature : features_) out.back().push_back(finder.find(feature, seed));
    }
    return out;
  }

  void load(const nlohmann::json& state) override {
    fallback_ = load_numbers(state, "fallback", static_cast<size_t>(context_.outputs));
    features_.clear();
    bags_.clear();
    try {
      range_ = {state.at("low").get<double>(), state.at("high").get<double>()};
      for (const auto& one : state.at("features")) features_.push_back(load_feature(space_, one));
      for (const auto& bag : state.at("bags")) {
        bags_.emplace_back();
        for (const auto& trees : bag) bags_.back().push_back(TreeEnsemble::load(trees));
      }
    } catch (const nlohmann::json::exception&) {
      fail(ErrorCode::bad_input, "model: the state of 'boost' is damaged");
    }
    bool fits = bags_.empty() == features_.empty() && range_.low <= range_.high;
    for (const Feature& feature : features_)
      fits &= feature.term.output >= 0 && feature.term.output < context_.outputs;
    for (const auto& bag : bags_) {
      fits &= static_cast<int64_t>(bag.size()) == boosters();
      for (const TreeEnsemble& trees : bag)
        fits &= trees.features() == static_cast<int64_t>(features_.size()) &&
                trees.outputs() == context_.outputs / boosters();
    }
    CENOTE_CHECK(fits, bad_input, "model: the state of 'boost' does not fit its task");
  }

 private:
  bool multilabel() const { return context_.task_type == TaskType::multilabel_classification; }
  bool binary() const {
    return multilabel() || context_.task_type == TaskType::binary_classification;
  }
  int64_t boosters() const { return multilabel() ? context_.outputs : 1; }

  static Progress phase(const char* name, int64_t done, int64_t total) {
    Progress progress;
    progress.phase = name;
    progress.done = done;
    progress.total = total;
    return progress;
  }

  FeatureMatrix compute(const LabelRows& labels, std::span<const Seed> seeds,
                        std::span<const Feature> features, const EstimatorData& data) const {
    return compute_features(space_, labels, features, seeds, data.threads, data.hooks.cancelled);
  }

  uint64_t seed_key(const Seed& seed, uint64_t what) const {
    return boost_seed_key(context_, seed, what);
  }

  BoostingOptions boosting(const EstimatorData& data) const {
    BoostingOptions out;
    out.objective = context_.task_type == TaskType::regression
                        ? (data.judge.name == "mae" ? "l1" : "l2")
                    : context_.task_type == TaskType::multiclass_classification ? "multiclass"
                                                                                : "binary";
    if (out.objective == "multiclass") out.classes = context_.outputs;
    out.rounds = options_.get_int("rounds");
    const int64_t patience = options_.get_int("patience");
    out.patience = patience > 0 ? patience : out.rounds;
    out.learning_rate = options_.get_double("lr");
    out.leaves = options_.get_int("leaves");
    out.min_rows_in_leaf = options_.get_int("min_rows");
    out.max_bins = 63;  // what a split of a small node costs is the number of bins, not of rows
    out.seed = context_.seed;
    // Threads grow whole boosters: barriers within a tree collapse as soon as anything else wants a core.
    out.threads = 1;
    return out;
  }

  void suggest_and_rank(const EstimatorData& data, const SeedTable& train,
                        const LabelRows& labels) {
    features_.clear();
    FeatureTask task;
    task.horizon = context_.horizon;
    task.outputs = context_.outputs;
    task.has_labels = context_.task->kind != TaskKind::autocomplete && has_history(*context_.task);
    task.visible_until = context_.last_training_time;
    task.removed = context_.task->remove_columns;
    auto suggested = suggest_features(space_, task, options_.get_int("candidates"));
    if (train.size() == 0) return;
    // The sample: evenly over the content of the seeds, so that which rows it holds does not hang on order.
    std::vector<int64_t> order(train.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return seed_key(train.seeds[a], 0x73616d706c65) < seed_key(train.seeds[b], 0x73616d706c65);
    });
    const int64_t rows = std::min(options_.get_int("sample"),
                                  kMostTried / std::max<int64_t>(1, std::ssize(suggested)));
    if (train.size() > rows) order.resize(rows);
    const SeedTable sample = take_seeds(train, order);
    const DistinctColumns columns =
        distinct_columns(compute(labels, sample.seeds, suggested, data));
    BoostingOptions options = boosting(data);
    options.rounds = 60;
    options.learning_rate = 0.1;
    options.leaves = 15;
    options.feature_fraction = 0.3;
    std::vector<std::vector<size_t>> ranked(std::max(boosters(), kRankings));
    data.threads.parallel_for(static_cast<int64_t>(ranked.size()), [&](int64_t i) {
      BoostingOptions own = options;
      own.seed = hash_combine(context_.seed, static_cast<uint64_t>(i));
      ranked[i] =
          rank_features(columns, label_column(sample, i % boosters(), boosters()), own, data.hooks);
    });
    // Places, not gains, so that every label of a multilabel task has its say.
    std::vector<double> gain(suggested.size(), 0);
    for (const auto& order : ranked) {
      for (size_t i = 0; i < order.size(); ++i) gain[order[i]] += 1.0 / static_cast<double>(i + 1);
    }
    std::vector<size_t> chosen;
    for (size_t f = 0; f < gain.size(); ++f) {
      if (gain[f] > 0) chosen.push_back(f);
    }
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](size_t a, size_t b) { return gain[a] > gain[b]; });
    const auto most = static_cast<size_t>(options_.get_int("features"));
    if (chosen.size() > most) chosen.resize(most);
    for (const size_t f : chosen) features_.push_back(std::move(suggested[f]));
  }

  /// One bag for each of the options: a booster, or one a label.
  std::vector<std::vector<TreeEnsemble>> train_bags(
      const EstimatorData& data, const SeedTable& train, const FeatureMatrix& x,
      const FeatureMatrix& val, const std::vector<BoostingOptions>& options) const {
    std::vector<std::vector<TreeEnsemble>> out(options.size());
    for (auto& bag : out) bag.resize(boosters());
    const bool stops = options_.get_int("patience") > 0 && data.val.size() > 0;
    data.threads.parallel_for(static_cast<int64_t>(options.size()) * boosters(), [&](int64_t part) {
      const int64_t b = part % boosters();
      const auto judge = [&](const std::vector<double>& prediction) {
        return binary() ? -label_log_loss(data.val, b, prediction)
                        : data.judge.value(clamped(prediction));
      };
      out[part / boosters()][b] = fit_trees(
          x, label_column(train, b, boosters()), {}, stops ? &val : nullptr, judge,
          binary() || data.judge.higher_is_better, options[part / boosters()], data.hooks, nullptr);
    });
    return out;
  }

  void choose_and_train(const EstimatorData& data, const SeedTable& train, const FeatureMatrix& x,
                        const FeatureMatrix& val) {
    if (context_.task_type == TaskType::regression) {
      const OutputScale scale = regression_scale(data.train.label);
      range_ = {scale.low, scale.high};
    }
    BoostingOptions options = boosting(data);
    bags_.clear();
    const bool many = options.classes > kManyClasses;
    if (options_.get_bool("search") && data.val.size() > 0 && !many) {
      std::vector<BoostingOptions> settings;
      for (const Setting& setting : {Setting{options.leaves, options.min_rows_in_leaf, .5},
                                     Setting{7, 40, .3}, Setting{4, 40, .2}, Setting{63, 10, .3}}) {
        BoostingOptions tried = options;
        tried.leaves = setting.leaves;
        tried.min_rows_in_leaf = setting.min_rows;
        tried.feature_fraction = setting.feature_fraction;
        settings.push_back(tried);
        // The mean is often the better way to a good median: its gradients say how far, not only where to.
        if (tried.objective == "l1") {
          tried.objective = "l2";
          settings.push_back(tried);
        }
      }
      auto found = train_bags(data, train, x, val, settings);
      size_t best = 0;
      double best_value = 0;
      for (size_t i = 0; i < found.size(); ++i) {
        bags_.assign(1, found[i]);
        const double value = data.judge.value(combine(val, data.threads));
        if (i == 0 || data.judge.is_better(value, best_value)) {
          best = i;
          best_value = value;
        }
      }
      options = settings[best];
      bags_.assign(1, std::move(found[best]));
    }
    std::vector<BoostingOptions> more;
    const int64_t bags = many ? 1 : options_.get_int("bags");
    for (auto bag = static_cast<int64_t>(bags_.size()); bag < bags; ++bag) {
      more.push_back(options);
      more.back().seed = hash_combine(context_.seed, static_cast<uint64_t>(bag));
    }
    for (auto& bag : train_bags(data, train, x, val, more)) bags_.push_back(std::move(bag));
  }

  std::vector<double> clamped(std::vector<double> prediction) const {
    for (double& value : prediction) value = range().clamp(value);
    return prediction;
  }

  PredictionRange range() const {
    return context_.task_type == TaskType::regression ? range_ : PredictionRange{};
  }

  std::vector<double> combine(const FeatureMatrix& x, ThreadPool& threads) const {
    return predict_bags(bags_, context_.outputs, range(), x, threads);
  }

  Options options_;
  ModelContext context_;
  FeatureSpace space_;
  std::vector<double> fallback_;
  PredictionRange range_{0, 0};  // of a regression's predictions
  std::vector<Feature> features_;
  std::vector<BoosterBag> bags_;
};

}  // namespace

CENOTE_MODEL(boost) {
  ModelEntry entry;
  entry.info = {
      "pools of the entity's rows as features, gradient boosted trees as model",
      "Ke et al. 2017 (LightGBM); features as Kanter, Veeramachaneni 2015",
      "cenote fit examples/f1 --task driver-dnf --model boost",
      {{"features", int64_t{200}, "features that are kept after screening", 1, 10000, {}},
       {"candidates", int64_t{8000}, "features that are tried", 1, 100000, {}},
       {"sample", int64_t{20000}, "training rows on which they are tried, at most", 100, 1e7, {}},
       {"copies", int64_t{3}, "stale copies of a training seed, under staleness", 0, 100, {}},
       {"max_rows", int64_t{400000}, "training rows, copies included, at most", 100, 1e9, {}},
       {"search", true, "try a few settings of the trees on validation", 0, 0, {}},
       {"bags", int64_t{3}, "boosters that are averaged", 1, 100, {}},
       {"rounds", int64_t{800}, "trees of a booster at most", 1, 100000, {}},
       {"patience",
        int64_t{40},
        "stop after so many trees without a better validation loss; 0: never",
        0,
        100000,
        {}},
       {"lr", 0.06, "learning rate", 1e-4, 1, {}},
       {"leaves", int64_t{15}, "leaves of a tree", 2, 4096, {}},
       {"min_rows", int64_t{20}, "training rows in a leaf at least", 1, 1e6, {}}}};
  entry.make_estimator = [](const Options& options,
                            const ModelContext& context) -> std::unique_ptr<Estimator> {
    return std::make_unique<Boost>(options, context);
  };
  entry.looks_back = true;
  return entry;
}

}  // namespace cenote
