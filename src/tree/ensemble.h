// SPDX-License-Identifier: Apache-2.0
// Boosted trees as values: what was learnt elsewhere is evaluated, saved and checked here.
//
// Invariants of a checked ensemble, which everything that walks trees rests on:
//   1. every child is a node or leaf of its tree, and each of them is reached exactly once from the
//      root;
//   2. features lie in [0, features()), thresholds, gains and values are finite;
//   3. a tree has at most kMaxLeaves leaves, so no path is longer than that.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/threads.h"
#include "feature/matrix.h"

namespace cenote {

inline constexpr int64_t kMaxLeaves = 4096;

struct TreeNode {
  int32_t feature = 0;
  int32_t left = 0, right = 0;  // >= 0: a node; < 0: ~leaf
  bool default_left = false;    // where a missing value goes
  double threshold = 0;         // left iff value <= threshold
  double gain = 0;              // of the training loss, by this split
  int64_t cover = 0;            // training rows below; TreeEnsemble adds it up from the leaves
};

struct TreeLeaf {
  double value = 0;
  int64_t cover = 0;  // training rows
};

/// Node 0 is the root; without nodes the only leaf is.
struct Tree {
  std::vector<TreeNode> nodes;
  std::vector<TreeLeaf> leaves;  // one more than nodes
};

/// What a tree sees: an infinite value is a missing one, in training and later.
inline float tree_input(float value) {
  return std::isfinite(value) ? value : std::numeric_limits<float>::quiet_NaN();
}

/// The child that a value goes to. The float32 is compared as a double, as in training.
inline int32_t tree_child(const TreeNode& node, float value) {
  value = tree_input(value);
  const bool left =
      std::isnan(value) ? node.default_left : static_cast<double>(value) <= node.threshold;
  return left ? node.left : node.right;
}

/// The value of one tree for every row.
///
/// Shapes    [rows]. REQUIRES a tree that keeps the invariants for this matrix.
std::vector<double> tree_values(const Tree& tree, const FeatureMatrix& x, ThreadPool& threads);

/// Raw sums as predictions: "binary" by the logistic function, "multiclass" by softmax over the
/// outputs of a row, "l1" and "l2" as they are.
///
/// Shapes    raw [rows, outputs], row-major; so the result.
std::vector<double> tree_predictions(std::string_view objective, int64_t outputs,
                                     std::vector<double> raw);

/// Trees by round, then output: tree i adds to output i % outputs.
///
/// Empty     without trees every sum is 0; without rows results are empty.
/// Errors    the constructor, load(), raw() and predict(): bad_input for what breaks the
///           invariants, for an unknown objective, more than one output of another one than
///           "multiclass", a number of trees that is no multiple of the outputs, a matrix of
///           another number of columns.
/// Cost      raw: O(rows trees depth).
/// Threads   blocks of 256 rows, sums in the order of the trees: the same bytes for any pool. A
///           value.
class TreeEnsemble {
 public:
  TreeEnsemble() = default;
  TreeEnsemble(std::string objective, int64_t features, int64_t outputs, std::vector<Tree> trees);

  const std::string& objective() const { return objective_; }
  int64_t features() const { return features_; }
  int64_t outputs() const { return outputs_; }
  const std::vector<Tree>& trees() const { return trees_; }

  /// Sums of the trees [rows, outputs], row-major.
  std::vector<double> raw(const FeatureMatrix& x, ThreadPool& threads) const;
  /// Probabilities or numbers [rows, outputs].
  std::vector<double> predict(const FeatureMatrix& x, ThreadPool& threads) const;
  /// Gain of all splits on each feature [features].
  std::vector<double> importance() const;
  /// bad_input unless the matrix has features() columns of its number of rows.
  void check_matrix(const FeatureMatrix& x) const;

  /// Numbers survive to the last bit. What is loaded is checked: it may come from anywhere.
  nlohmann::json save() const;
  static TreeEnsemble load(const nlohmann::json& state);

 private:
  std::string objective_ = "l2";
  int64_t features_ = 0, outputs_ = 1;
  std::vector<Tree> trees_;
};

}  // namespace cenote
