// SPDX-License-Identifier: Apache-2.0
// Which features a schema suggests: paths of links, columns, pools and windows, nearest first.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "feature/feature.h"

namespace cenote {

/// What is known of the task.
struct FeatureTask {
  int64_t horizon = 0;        // microseconds; 0: none
  int64_t outputs = 1;        // labels' columns
  bool has_labels = true;     // may past labels be looked back on?
  int64_t visible_until = 0;  // values and words are counted in rows up to here
  std::vector<std::pair<std::string, std::string>>
      removed;  // (table, column) that must not be used
};

/// At most `limit` features: those of the entity's own rows first, then its parents', then those over the
/// latest of its rows.
///
/// Places            children; children of children; parents and theirs; what else parents have, with their children; the
///                   children of the other parents of children, where they are few.
/// Past labels       the entity's own, everybody's, those of entities that have something in common with it.
/// Pools, windows    numbers: mean, min, max, std, first, last, slope, sum; windows of all rows, the last
///                   3 and 10, and 1, 4 and 12 horizons. Categories and words: the share of rows with each
///                   of the most frequent values, alone and two together; different values. Rows: how
///                   many, how many more than before, since when, how regular, on weekends, at which hour.
/// Cost              one pass over the columns that are counted.
std::vector<Feature> suggest_features(const FeatureSpace& space, const FeatureTask& task,
                                      int64_t limit);

}  // namespace cenote
