// SPDX-License-Identifier: Apache-2.0
#include "model/detail/fading_ranker.h"

#include <nlohmann/json.hpp>

namespace cenote {

void FadingRanker::fit(const EstimatorData& data) {
  const Interactions meetings = main_interactions(data.history, context_);
  half_life_ = choose_half_life(options_, context_, data,
                                [&](std::span<const Seed> seeds, int64_t half_life) {
                                  return ranked(meetings, seeds, context_.task->k, half_life);
                                });
}

Rankings FadingRanker::rank(std::span<const Seed> seeds, const History& history, int64_t top,
                            ThreadPool&, const Hooks&) const {
  return ranked(main_interactions(history, context_), seeds, top, half_life_);
}

nlohmann::json FadingRanker::save() const {
  return {{"half_life", {static_cast<double>(half_life_)}}};
}

void FadingRanker::load(const nlohmann::json& state) { half_life_ = load_half_life(state); }

}  // namespace cenote
