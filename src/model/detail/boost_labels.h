// SPDX-License-Identifier: Apache-2.0
// Labels as boosting takes them.
#pragma once

#include <vector>

#include "feature/compute.h"
#include "model/model.h"

namespace cenote {

/// Past labels as rows: a number, the indicator of each class, or each label of a multilabel task.
/// A window of length zero has closed only after the seed's moment.
LabelRows label_rows(const History& history, const ModelContext& context);

/// The seeds whose labels are known, and known to the model.
std::vector<int64_t> known_labels(const SeedTable& table, const ModelContext& context);

SeedTable take_seeds(const SeedTable& table, const std::vector<int64_t>& rows);

/// Draws that belong to a seed: by its entity, its time and `what` they are for.
uint64_t boost_seed_key(const ModelContext& context, const Seed& seed, uint64_t what);

/// The seeds with known labels, and `copies` copies of each in a database that lags behind by up to `staleness`;
/// about `most` of them, drawn by content, if that is too many.
SeedTable training_rows(const SeedTable& train, const ModelContext& context, int64_t copies,
                        int64_t staleness, int64_t most);

/// Label `b` of `boosters` boosters: all there is, or one column of several.
std::vector<double> label_column(const SeedTable& table, int64_t b, int64_t boosters);

/// Of the predicted probabilities of label `b`.
double label_log_loss(const SeedTable& table, int64_t b, const std::vector<double>& prediction);

}  // namespace cenote
