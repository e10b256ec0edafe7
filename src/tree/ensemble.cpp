// SPDX-License-Identifier: Apache-2.0
#include "tree/ensemble.h"

#include <algorithm>

#include "base/check.h"

namespace cenote {
namespace {

constexpr int64_t kBlockOfRows =
    256;  // a block of a column is 1 kB: the columns of a tree stay in the cache
constexpr int64_t kMaxCover = int64_t{1} << 40;  // sums of kMaxLeaves of them fit

/// Checks the invariants of one tree and adds up the cover of its nodes.
void check_tree(Tree& tree, int64_t features, size_t number) {
  const auto nodes = static_cast<int64_t>(tree.nodes.size());
  const auto leaves = static_cast<int64_t>(tree.leaves.size());
  CENOTE_CHECK(
      leaves == nodes + 1 && leaves <= kMaxLeaves, bad_input,
      "tree {}: {} nodes and {} leaves; there must be one leaf more than nodes, at most {}", number,
      nodes, leaves, kMaxLeaves);
  for (const TreeLeaf& leaf : tree.leaves) {
    CENOTE_CHECK(std::isfinite(leaf.value), bad_input, "tree {}: a leaf's value is not finite",
                 number);
    CENOTE_CHECK(leaf.cover >= 0 && leaf.cover <= kMaxCover, bad_input,
                 "tree {}: a leaf's cover is {}, not in [0, {}]", number, leaf.cover, kMaxCover);
  }
  for (const TreeNode& node : tree.nodes) {
    CENOTE_CHECK(node.feature >= 0 && node.feature < features, bad_input,
                 "tree {}: feature {} is not one of {}", number, node.feature, features);
    CENOTE_CHECK(std::isfinite(node.threshold) && std::isfinite(node.gain), bad_input,
                 "tree {}: a threshold or gain is not finite", number);
  }
  // In the order of visits every node comes before its children. A child seen twice is a cycle or a
  // join.
  std::vector<bool> seen_node(nodes, false), seen_leaf(leaves, false);
  std::vector<int32_t> order;
  if (nodes > 0) {
    order.push_back(0);
    seen_node[0] = true;
  }
  for (size_t i = 0; i < order.size(); ++i) {
    for (const int32_t child : {tree.nodes[order[i]].left, tree.nodes[order[i]].right}) {
      const int64_t index = child >= 0 ? child : ~child;
      CENOTE_CHECK(index < (child >= 0 ? nodes : leaves), bad_input,
                   "tree {}: there is no child {}", number, child);
      auto& seen = child >= 0 ? seen_node : seen_leaf;
      CENOTE_CHECK(!seen[index], bad_input, "tree {}: child {} is reached twice", number, child);
      seen[index] = true;
      if (child >= 0) order.push_back(child);
    }
  }
  // n nodes have 2n children: if all nodes were reached, so were all n + 1 leaves.
  CENOTE_CHECK(static_cast<int64_t>(order.size()) == nodes, bad_input,
               "tree {}: {} of {} nodes are reached from the root", number, order.size(), nodes);
  const auto cover = [&](int32_t child) {
    return child >= 0 ? tree.nodes[child].cover : tree.leaves[~child].cover;
  };
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    TreeNode& node = tree.nodes[*i];
    node.cover = cover(node.left) + cover(node.right);
  }
}

double tree_value(const Tree& tree, const FeatureMatrix& x, int64_t row) {
  int32_t at = tree.nodes.empty() ? ~0 : 0;
  while (at >= 0) {
    const TreeNode& node = tree.nodes[at];
    at = tree_child(node, x.columns[node.feature][row]);
  }
  return tree.leaves[~at].value;
}

/// Calls body(first row, end) for each block.
template <class Body>
void for_blocks(int64_t rows, ThreadPool& threads, const Body& body) {
  threads.parallel_for((rows + kBlockOfRows - 1) / kBlockOfRows, [&](int64_t block) {
    body(block * kBlockOfRows, std::min(rows, (block + 1) * kBlockOfRows));
  });
}

void check_objective(std::string_view objective) {
  static const std::vector<std::string> known = {"binary", "l1", "l2", "multiclass"};
  CENOTE_CHECK(std::find(known.begin(), known.end(), objective) != known.end(), bad_input,
               "trees: no objective '{}'; {}", objective, choices_hint(objective, known));
}

}  // namespace

std::vector<double> tree_values(const Tree& tree, const FeatureMatrix& x, ThreadPool& threads) {
  std::vector<double> out(x.rows);
  for_blocks(x.rows, threads, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) out[row] = tree_value(tree, x, row);
  });
  return out;
}

std::vector<double> tree_predictions(std::string_view objective, int64_t outputs,
                                     std::vector<double> raw) {
  check_objective(objective);
  if (objective == "binary") {
    for (double& value : raw) value = 1 / (1 + std::exp(-value));
  }
  if (objective != "multiclass") return raw;
  for (size_t first = 0; first + outputs <= raw.size(); first += outputs) {
    double* row = raw.data() + first;
    const double largest = *std::max_element(row, row + outputs);
    double sum = 0;
    for (int64_t i = 0; i < outputs; ++i) sum += row[i] = std::exp(row[i] - largest);
    for (int64_t i = 0; i < outputs; ++i) row[i] /= sum;
  }
  return raw;
}

TreeEnsemble::TreeEnsemble(std::string objective, int64_t features, int64_t outputs,
                           std::vector<Tree> trees)
    : objective_(std::move(objective)),
      features_(features),
      outputs_(outputs),
      trees_(std::move(trees)) {
  check_objective(objective_);
  CENOTE_CHECK(features >= 0 && features <= INT32_MAX, bad_input, "trees: {} features", features);
  // An output without a tree would say nothing; the bound also keeps a damaged file from asking for
  // memory.
  const auto count = static_cast<int64_t>(trees_.size());
  CENOTE_CHECK(outputs == 1 || (outputs > 1 && objective_ == "multiclass" && outputs <= count),
               bad_input, "trees: {} outputs of the objective '{}' with {} trees", outputs,
               objective_, count);
  CENOTE_CHECK(count % outputs == 0, bad_input,
               "trees: {} trees are no whole number of rounds of {} outputs", count, outputs);
  for (size_t i = 0; i < trees_.size(); ++i) check_tree(trees_[i], features, i);
}

void TreeEnsemble::check_matrix(const FeatureMatrix& x) const {
  CENOTE_CHECK(static_cast<int64_t>(x.columns.size()) == features_, bad_input,
               "trees of {} features cannot take {} columns", features_, x.columns.size());
  for (size_t i = 0; i < x.columns.size(); ++i) {
    CENOTE_CHECK(static_cast<int64_t>(x.columns[i].size()) == x.rows, bad_input,
                 "feature {} has {} values for {} rows", i, x.columns[i].size(), x.rows);
  }
}

std::vector<double> TreeEnsemble::raw(const FeatureMatrix& x, ThreadPool& threads) const {
  check_matrix(x);
  std::vector<double> out(x.rows * outputs_, 0.0);
  for_blocks(x.rows, threads, [&](int64_t begin, int64_t end) {
    for (size_t i = 0; i < trees_.size(); ++i) {
      double* to = out.data() + i % outputs_;
      for (int64_t row = begin; row < end; ++row) {
        to[row * outputs_] += tree_value(trees_[i], x, row);
      }
    }
  });
  return out;
}

std::vector<double> TreeEnsemble::predict(const FeatureMatrix& x, ThreadPool& threads) const {
  return tree_predictions(objective_, outputs_, raw(x, threads));
}

std::vector<double> TreeEnsemble::importance() const {
  std::vector<double> out(features_, 0.0);
  for (const Tree& tree : trees_) {
    for (const TreeNode& node : tree.nodes) out[node.feature] += node.gain;
  }
  return out;
}

}  // namespace cenote
