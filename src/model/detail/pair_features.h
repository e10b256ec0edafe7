// SPDX-License-Identifier: Apache-2.0
// What a pair of seed and item looks like at the seed's cut: the numbers that the second stage of recommendation
// ranks by.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "feature/matrix.h"
#include "model/detail/interactions.h"
#include "model/detail/item_candidates.h"

namespace cenote {

/// As-of numbers of pairs: how often and how lately the two have met, and each of them anyone; the trend of the item;
/// what entity and item have in their columns; how much of the entity's past is like the item.
///
/// Empty     NaN where there is nothing to say: no meeting has an age, a column that is missing or not known yet.
/// Units     ages and windows in spans: `context`'s horizon.
/// Threads   safe to call concurrently.
class PairFeatures {
 public:
  /// `meetings` must outlive it.
  PairFeatures(const ModelContext& context, const std::vector<Interactions>& meetings);

  /// One sentence a feature; `meetings`: their names. They do not hang on what rows there are.
  static std::vector<std::string> names(const ModelContext& context,
                                        const std::vector<std::string>& meetings);
  size_t size() const { return size_; }
  /// Writes the pairs of one seed into rows `first`, `first` + 1, ... of a matrix of size() columns.
  void compute(const Seed& seed, std::span<const Candidate> pairs, int64_t first,
               FeatureMatrix& out) const;

 private:
  struct Own;
  void add_meetings(const Interactions& meetings, const Seed& seed,
                    std::span<const Candidate> pairs, int64_t first, size_t& column,
                    FeatureMatrix& out) const;

  const ModelContext context_;
  const std::vector<Interactions>& meetings_;
  int64_t span_;
  std::vector<int32_t> entity_numbers_, item_numbers_;  // columns of the two tables
  std::vector<int32_t> item_categories_;
  std::vector<std::vector<uint64_t>> category_hash_;  // by category, by item row; 0: no value
  size_t size_ = 0;
};

}  // namespace cenote
