// SPDX-License-Identifier: Apache-2.0
// Items by how often they are met, meetings of long ago counting less.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "model/detail/interactions.h"

namespace cenote {

struct ScoredItem {
  int64_t item = 0;
  double score = 0;
};

/// What a meeting of `age` microseconds ago counts: 1, halved every `half_life` (0: never halved).
double faded(int64_t age, int64_t half_life);

/// The `count` most popular items at each cut, best first; of equal ones the first row. If too few have been met,
/// those that exist by then and have not follow with a score of 0, the newest first.
///
/// Cost      a pass over all meetings, and the items of the table for each different cut.
std::map<int64_t, std::vector<ScoredItem>> popular_items(const Interactions& meetings,
                                                         const StoredTable& items,
                                                         std::span<const Seed> seeds,
                                                         int64_t half_life, int64_t count);

/// How many rows of a table exist at a cut: they are its first ones.
int64_t existing_rows(const StoredTable& table, int64_t cut);

/// Options of a model that counts what fades: "half_life", in horizons; -1: choose_half_life().
std::vector<Option> fading_options();

/// The half-life under which the task's metric is best for seeds of training (at most 20,000, drawn by content), in
/// microseconds; the given one if it is given. Each is ranked by what it could know, so nothing has been learned
/// from what it is judged by, and there are more of them than of validation. `rank` ranks seeds with a half-life.
int64_t choose_half_life(
    const Options& options, const ModelContext& context, const EstimatorData& data,
    const std::function<Rankings(std::span<const Seed> seeds, int64_t half_life)>& rank);

/// From the state of such a model. Errors bad_input.
int64_t load_half_life(const nlohmann::json& state);

/// Appends one seed's items, filled up to `top` places; REQUIRES at most `top` items.
void append_ranking(std::span<const ScoredItem> items, Rankings& rankings);

}  // namespace cenote
