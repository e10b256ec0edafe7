// SPDX-License-Identifier: Apache-2.0
#include "engine/stack.h"

#include <cmath>

#include "base/check.h"
#include "train/stack.h"

namespace cenote {

Stack::Stack(const Prepared& prepared, const ModelPart& part, const OutputScale& scale,
             ThreadPool& threads)
    : prepared_(prepared), part_(part), scale_(scale), threads_(threads) {
  double sum = 0;
  bool sound = part.members.size() == part.weights.size();
  for (size_t k = 0; sound && k < part.members.size(); ++k) {
    sound = part.weights[k] > 0 && !model_registry().at(part.members[k].model).has_members();
    sum += part.weights[k];
  }
  CENOTE_CHECK(part.members.empty() || (sound && std::abs(sum - 1) < 1e-9), bad_input,
               "model: the weights of the members of '{}' are damaged", part.model);
  for (size_t k = 0; k < part.members.size(); ++k) {
    members_.push_back({part.members[k], make_trained(prepared, part.members[k], scale, threads),
                        part.weights[k]});
  }
}

TrainReport Stack::fit(const FitRequest& request) {
  Search search(prepared_, part_, scale_, threads_, request);
  found_ = search.run();
  members_.clear();
  for (SearchResult::Member& member : found_.members)
    members_.push_back({std::move(member.part), std::move(member.model), member.weight});
  found_.members.clear();
  TrainReport report;
  report.best_metric = found_.metric;
  report.selection = std::move(found_.predictions);
  return report;
}

std::vector<double> Stack::predict(std::span<const Seed> seeds, const Hooks& hooks) const {
  CENOTE_CHECK(!members_.empty(), internal, "a model without members predicts");
  std::vector<Predictions> predictions;
  std::vector<double> weights;
  for (const Member& member : members_) {
    predictions.push_back(member.model->predict(seeds, hooks));
    weights.push_back(member.weight);
  }
  return weighted_mean(predictions, weights);
}

std::vector<SeedEffects> Stack::explain(const EffectsRequest& request, const Hooks& hooks) const {
  CENOTE_CHECK(!members_.empty(), internal, "a model without members explains");
  std::vector<std::vector<SeedEffects>> effects;
  std::vector<double> weights;
  for (const Member& member : members_) {
    effects.push_back(member.model->explain(request, hooks));
    weights.push_back(member.weight);
  }
  return weighted_effects(std::move(effects), weights);
}

/// Lists are not averaged: the search keeps one model alone.
Rankings Stack::rank(std::span<const Seed> seeds, int64_t top, const Hooks& hooks) const {
  CENOTE_CHECK(members_.size() == 1, bad_input, "model: {} members that recommend, not one",
               members_.size());
  return members_[0].model->rank(seeds, top, hooks);
}

void Stack::save(ModelPart& part) const {
  part.members.clear();
  part.weights.clear();
  for (const Member& member : members_) {
    ModelPart saved = member.part;
    saved.estimator = nullptr;
    saved.tensors.clear();
    member.model->save(saved);
    part.members.push_back(std::move(saved));
    part.weights.push_back(member.weight);
  }
}

void Stack::load(const ModelPart& part) {
  CENOTE_CHECK(!members_.empty() && part.members.size() == members_.size(), bad_input,
               "model: '{}' has no members", part.model);
  for (size_t k = 0; k < members_.size(); ++k) members_[k].model->load(part.members[k]);
}

int64_t Stack::parameter_count() const {
  int64_t count = 0;
  for (const Member& member : members_) count += member.model->parameter_count();
  return count;
}

}  // namespace cenote
