// SPDX-License-Identifier: Apache-2.0
// LightGBM's data set and booster as one handle. Only boosting and its tests use it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "feature/matrix.h"
#include "tree/boosting.h"
#include "tree/ensemble.h"

namespace cenote {

/// A booster on its training rows.
///
/// Errors    bad_input as fit_trees says; memory or internal for what LightGBM reports.
/// Threads   not safe, not even two boosters side by side: LightGBM's number of threads is global.
class Booster {
 public:
  Booster(const FeatureMatrix& train, std::span<const double> label, std::span<const double> weight,
          const BoostingOptions& options);

  /// Grows one tree an output; false if none could be split any further. Before the first one that
  /// leaves trees of one leaf, which hold the base values; later it leaves nothing.
  bool update();
  /// The trees of a round, 0-based; empty if there is no such round.
  std::vector<Tree> trees(int64_t round);
  /// LightGBM's own answer, for tests. REQUIRES at least one column.
  std::vector<double> predict(const FeatureMatrix& x, int predict_type) const;

 private:
  struct FreeDataset {
    void operator()(void* handle) const;
  };
  struct FreeBooster {
    void operator()(void* handle) const;
  };
  int64_t features_, outputs_;
  std::unique_ptr<void, FreeDataset> dataset_;  // outlives the booster
  std::unique_ptr<void, FreeBooster> booster_;
  std::string text_;  // buffer of trees()
};

}  // namespace cenote
