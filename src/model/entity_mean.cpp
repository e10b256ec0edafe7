// SPDX-License-Identifier: Apache-2.0
// The entity's own past: the mean of its labels whose window has closed by the seed's cut.
//
// Shapes    [seeds, outputs]; classification averages indicators, so a prediction is a probability.
// Empty     an entity without a closed label gets the constant of the training labels.
// Options   none.
// Units     a label of a seed at t' is known from t' + horizon on.
// Source    ours; RelBench calls it "entity mean".
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "model/detail/label_statistics.h"
#include "model/detail/known_from.h"
#include "model/model.h"

namespace cenote {
namespace {

class EntityMean : public Estimator {
 public:
  explicit EntityMean(const ModelContext& context)
      : type_(context.task_type),
        context_(context),
        outputs_(context.outputs),
        fallback_(outputs_, 0.0) {}

  void fit(const EstimatorData& data) override {
    fallback_ = central_label(data.train.label, type_, outputs_);
  }

  std::vector<double> predict(std::span<const Seed> seeds, const History& history,
                              ThreadPool&) const override {
    std::unordered_map<int64_t, std::vector<int64_t>> of_entity;
    for (size_t i = 0; i < history.row.size(); ++i)
      of_entity[history.row[i]].push_back(static_cast<int64_t>(i));
    std::vector<double> out;
    for (const Seed& seed : seeds) {
      std::vector<double> sum(outputs_, 0.0);
      int64_t count = 0;
      const auto found = of_entity.find(seed.row);
      if (found != of_entity.end()) {
        for (const int64_t i : found->second) {
          if (known_from(context_, history.time[i]) > seed.cut) continue;
          if (!is_known(history, i)) continue;
          for (int64_t m = 0; m < outputs_; ++m) sum[m] += indicator(history, i, m);
          ++count;
        }
      }
      for (int64_t m = 0; m < outputs_; ++m)
        out.push_back(count > 0 ? sum[m] / static_cast<double>(count) : fallback_[m]);
    }
    return out;
  }

  /// One feature: the mean itself, or that there is none.
  FeatureEffects explain(std::span<const Seed> seeds, const History& history,
                         ThreadPool& threads) const override {
    FeatureEffects out;
    out.names.push_back({"mean of own past labels", "", "", "", "all"});
    out.amounts = predict(seeds, history, threads);
    for (size_t i = 0; i < seeds.size(); ++i) {
      std::string value;
      for (int64_t m = 0; m < outputs_; ++m)
        value += fmt::format("{}{:.4g}", m == 0 ? "" : ", ", out.amounts[i * outputs_ + m]);
      out.values.push_back(std::move(value));
    }
    return out;
  }

  nlohmann::json save() const override { return {{"fallback", fallback_}}; }
  void load(const nlohmann::json& state) override {
    fallback_ = load_numbers(state, "fallback", fallback_.size());
  }

 private:
  /// Is there a label, and one that the model has an output for? (A class may be newer than the model.)
  bool is_known(const History& history, int64_t i) const {
    const double label = history.label[i * history.width];
    if (!std::isfinite(label)) return false;
    return type_ != TaskType::multiclass_classification ||
           (label >= 0 && label < static_cast<double>(outputs_));
  }

  double indicator(const History& history, int64_t i, int64_t output) const {
    if (type_ == TaskType::multiclass_classification)
      return history.label[i] == static_cast<double>(output);
    return history.label[i * history.width + output];
  }

  TaskType type_;
  ModelContext context_;
  int64_t outputs_;
  std::vector<double> fallback_;
};

}  // namespace

CENOTE_MODEL(entity_mean) {
  ModelEntry entry;
  entry.info = {"the mean of the entity's past labels whose window has closed",
                "ours",
                "cenote fit examples/f1 --task driver-position --model entity_mean",
                {}};
  entry.make_estimator = [](const Options&,
                            const ModelContext& context) -> std::unique_ptr<Estimator> {
    return std::make_unique<EntityMean>(context);
  };
  entry.looks_back = true;
  entry.reads_rows = false;
  return entry;
}

}  // namespace cenote
