// SPDX-License-Identifier: Apache-2.0
// Which items are worth scoring for a seed: the first of the two stages of recommendation.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "model/detail/interactions.h"
#include "model/detail/popular_items.h"

namespace cenote {

struct Candidate {
  int64_t item = 0;
  double neighbours = 0;  // how much it is met by those who have met what the entity has
};

/// Candidates of seeds: items of the entity's own past, items of entities with the same items, popular and new ones.
///
/// Empty     no item exists at the cut: none.
/// Cost      a few thousand look-ups a seed, whatever the number of items; and popular_items() a different cut.
/// Threads   of_seed() is safe to call concurrently.
/// Source    ours; the neighbours are two steps of a walk over a session's items (Sarwar et al. 2001, item-based
///           neighbourhoods).
class ItemCandidates {
 public:
  /// The first of `meetings` also say what is popular and who is a neighbour. They and `items` must outlive it.
  /// `seeds`: all that of_seed() will be asked about.
  ItemCandidates(const std::vector<Interactions>& meetings, const StoredTable& items, int64_t span,
                 std::span<const Seed> seeds, int64_t most);

  /// At most `most`, in order of their rows.
  std::vector<Candidate> of_seed(const Seed& seed) const;

 private:
  std::vector<ScoredItem> neighbours(const Seed& seed) const;

  const std::vector<Interactions>& meetings_;
  int64_t span_, most_;
  std::vector<std::map<int64_t, std::vector<ScoredItem>>> popular_;  // by how fast they fade
};

}  // namespace cenote
