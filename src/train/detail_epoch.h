// SPDX-License-Identifier: Apache-2.0
// What one epoch of training does with which seeds, and how fast.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/trainer.h"

namespace cenote {

/// The learning rate of step `step` of `steps`: linear over the first twentieth, then half a cosine.
/// Source    Loshchilov, Hutter 2017, arXiv:1608.03983 (without restarts).
double scheduled_rate(const TrainOptions& options, int64_t step, int64_t steps);

/// Half of the seeds as they would stand in a database that was last updated some time before; drawn anew
/// each epoch and keyed by what the seed is.
Seed stale_half(const Seed& seed, const StoredTable& entities, bool own_row_always,
                const TrainOptions& options, int64_t epoch);

/// The order of an epoch: seeds sorted by a hash of what they are, not of where they stand.
std::vector<int64_t> epoch_order(const SeedTable& table, std::span<const uint64_t> entity_hash,
                                 uint64_t seed, int64_t epoch);

}  // namespace cenote
