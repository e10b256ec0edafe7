// SPDX-License-Identifier: Apache-2.0
// Data and trees that the tests of this folder share. Random ones are keyed by a number the test
// names.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "cenote/error.h"
#include "tree/boosting.h"

namespace cenote {

inline constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

template <class Call>
ErrorCode code_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::internal;
}

/// Columns in turn: dense, with missing values, small integers, mostly zero.
inline FeatureMatrix random_matrix(int64_t rows, int64_t columns, uint64_t key) {
  FeatureMatrix out;
  out.rows = rows;
  for (int64_t column = 0; column < columns; ++column) {
    Random random(key * 1000 + column);
    auto& values = out.columns.emplace_back();
    for (int64_t row = 0; row < rows; ++row) {
      const auto number = static_cast<float>(random.normal());
      const double u = random.uniform();
      switch (column % 4) {
        case 0: values.push_back(number); break;
        case 1: values.push_back(u < 0.3 ? kMissing : number); break;
        case 2: values.push_back(std::floor(3 * number)); break;
        default: values.push_back(u < 0.9 ? 0.0f : number);
      }
    }
  }
  return out;
}

/// A number that depends on the first columns, on whether the second is missing, and on noise.
inline std::vector<double> random_target(const FeatureMatrix& x, uint64_t key) {
  Random random(key);
  std::vector<double> out;
  for (int64_t row = 0; row < x.rows; ++row) {
    const float second = x.columns[1][row];
    double value = x.columns[0][row] * (x.columns[2][row] > 0 ? 1 : -1) + 0.3 * random.normal();
    value += std::isnan(second) ? 1 : std::sin(second);
    out.push_back(value);
  }
  return out;
}

/// The target in as many classes as the objective takes.
inline std::vector<double> labels_for(const BoostingOptions& options, std::vector<double> target) {
  const int64_t classes = options.objective == "multiclass" ? options.classes : 2;
  if (options.objective == "l1" || options.objective == "l2") return target;
  for (double& value : target) {
    value = std::min<double>(classes - 1, std::max(0.0, std::floor(value + 1)));
  }
  return target;
}

inline BoostingOptions small_options(const std::string& objective, int64_t rounds = 20) {
  BoostingOptions out;
  out.objective = objective;
  out.classes = objective == "multiclass" ? 3 : 1;
  out.rounds = rounds;
  out.seed = 7;
  return out;
}

/// x0 <= 0.5 ? (x1 <= -1 ? 1 : 2) : 4, missing x0 goes right and missing x1 left; 10, 20 and 30
/// rows.
inline Tree hand_tree() {
  Tree tree;
  tree.nodes = {
      {.feature = 0, .left = 1, .right = ~2, .threshold = 0.5, .gain = 3},
      {.feature = 1, .left = ~0, .right = ~1, .default_left = true, .threshold = -1, .gain = 0.25}};
  tree.leaves = {{1, 10}, {2, 20}, {4, 30}};
  return tree;
}

}  // namespace cenote
