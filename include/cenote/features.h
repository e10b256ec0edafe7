// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace cenote {

/// A feature that the boosted trees of a run look at.
struct RunFeature {
  std::string sentence;  // "mean of position of the last 3 results"
  std::string
      sql;  // a DuckDB expression over a row s(entity, time, cut); "" where there is no short one
  double share = 0;  // of what the features gained in training; all shares have the sum 1
};

/// The features of a run, best first.
struct RunFeatures {
  std::string model, task;
  std::vector<RunFeature> features;
  /// A DuckDB query that gives every feature that has SQL for every entity, seen at the test timestamp.
  std::string query;
};

/// Reads the model file; opens no database.
///
/// Empty     for models that choose no features.
/// Errors    Error(not_found, bad_input).
RunFeatures features(const std::string& run);

}  // namespace cenote
