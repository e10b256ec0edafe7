// SPDX-License-Identifier: Apache-2.0
// What moved predictions, by a model of any kind: what the public explanations are made of.
#pragma once

#include <string>
#include <vector>

#include "engine/prepared.h"
#include "loss/loss.h"
#include "model/model.h"

namespace cenote {

/// Which predictions are explained.
struct EffectsRequest {
  std::span<const Seed> seeds;
  const std::vector<int64_t>& output;  // [S] which of the prediction's numbers
  std::span<const Seed> reference;     // the mean of their predictions is the average
};

/// A part of a prediction, in the unit of the model's predictions.
struct Effect {
  EffectName name;
  std::string value;  // what it was for this seed, in words
  double amount = 0;
  int64_t rows = 0;             // that it is given to
  std::vector<CellPart> cells;  // with their part of `amount`; none where it is made of none
};

/// Of one prediction: the average and all amounts add up to it.
struct SeedEffects {
  double average = 0;
  std::vector<Effect> effects;
};

/// Features' effects, each less its mean over the reference: then what is left is how the seed differs from the
/// average, whatever number a model begins with.
std::vector<SeedEffects> explain_estimator(const Estimator& estimator, const Prepared& prepared,
                                           const EffectsRequest& request, ThreadPool& threads,
                                           const Hooks& hooks);

/// Cells' effects, put together by way, table and column. What the rows there are and their times do with every
/// column missing is one effect more.
/// `average` [outputs]: the mean predictions for the reference.
std::vector<SeedEffects> explain_network(const Network& network, const ModelContext& context,
                                         const OutputScale& scale, const Prepared& prepared,
                                         const std::vector<double>& average,
                                         const EffectsRequest& request, ThreadPool& threads,
                                         const Hooks& hooks);

/// Of models made of others: effects of one name become one.
std::vector<SeedEffects> weighted_effects(std::vector<std::vector<SeedEffects>> members,
                                          const std::vector<double>& weights);

/// [outputs] the mean of predictions [seeds, outputs].
std::vector<double> mean_prediction(const std::vector<double>& predictions, int64_t outputs);

/// The values of some cells of a column, in words: one value, or a mean, or the most frequent one.
std::string describe_cells(const Prepared& prepared, int32_t table, int32_t column,
                           const std::vector<int64_t>& rows);

}  // namespace cenote
