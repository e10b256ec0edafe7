// SPDX-License-Identifier: Apache-2.0
// A leaf is reached when each feature of its path either is known and sends the row there (o, 0 or
// 1) or is left out and passes a share of the rows (z). With features known independently with
// probability t, it is reached with probability p(t) = product of (1 - t) z + t o; and the Shapley
// value of feature i is
//
//   (o_i - z_i) * leaf value * integral over t in [0, 1] of p(t) / ((1 - t) z_i + t o_i)
//
// because the weight of a set of s out of n features, s! (n - s - 1)! / n!, is the integral of
// t^s (1 - t)^(n - s - 1). The integrand is a polynomial, so Gauss-Legendre points give the
// integral exactly.
//
// Algorithm 2 of the paper gives the same numbers from the coefficients of that polynomial; but
// taking a feature out of them again subtracts, which lost 9 of 16 digits on a path of 40 splits.
// Here every term is positive and nothing cancels.
#include "tree/shapley.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace cenote {
namespace {

constexpr int64_t kBlockOfRows = 16;

/// Points and weights on [0, 1] that integrate polynomials of degree 2 n - 1 exactly.
/// Source    Press et al. 2007, "Numerical recipes", 4.6: Newton's method on the Legendre
///           polynomial.
struct Quadrature {
  std::vector<double> t, weight;

  explicit Quadrature(int64_t n) : t(n), weight(n) {
    const auto size = static_cast<double>(n);
    for (int64_t i = 0; i < n; ++i) {
      double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (size + 0.5));
      double slope = 1;
      for (int step = 0; step < 100; ++step) {
        double value = 1, before = 0;
        for (int64_t k = 0; k < n; ++k) {
          const auto degree = static_cast<double>(k);
          const double older = before;
          before = value;
          value = ((2 * degree + 1) * x * before - degree * older) / (degree + 1);
        }
        slope = size * (x * value - before) / (x * x - 1);
        const double moved = value / slope;
        x -= moved;
        if (std::abs(moved) < 1e-15) break;
      }
      t[i] = (1 - x) / 2;
      weight[i] = 1 / ((1 - x * x) * slope * slope);
    }
  }
};

/// A feature on the way to a node: the share of rows that pass without it, and whether this row
/// does with it.
struct PathEntry {
  int32_t feature;
  double z, o;

  double at(double t) const { return (1 - t) * z + t * o; }
};

int64_t depth_of(const Tree& tree) {
  std::vector<std::pair<int32_t, int64_t>> open;
  if (!tree.nodes.empty()) open.emplace_back(0, 1);
  int64_t deepest = 0;
  while (!open.empty()) {
    const auto [node, depth] = open.back();
    open.pop_back();
    deepest = std::max(deepest, depth);
    for (const int32_t child : {tree.nodes[node].left, tree.nodes[node].right}) {
      if (child >= 0) open.emplace_back(child, depth + 1);
    }
  }
  return deepest;
}

/// The share of the training rows of `node` that went to `child`.
double share_of(const Tree& tree, const TreeNode& node, int32_t child) {
  if (node.cover == 0) return 0.5;
  const int64_t cover = child >= 0 ? tree.nodes[child].cover : tree.leaves[~child].cover;
  return static_cast<double>(cover) / static_cast<double>(node.cover);
}

/// The mean of a tree over its training rows, by the shares of its splits.
double mean_of(const Tree& tree) {
  if (tree.nodes.empty()) return tree.leaves[0].value;
  double sum = 0;
  std::vector<std::pair<int32_t, double>> open = {{0, 1.0}};
  while (!open.empty()) {
    const auto [at, share] = open.back();
    open.pop_back();
    if (at < 0) {
      sum += share * tree.leaves[~at].value;
      continue;
    }
    const TreeNode& node = tree.nodes[at];
    for (const int32_t child : {node.left, node.right}) {
      open.emplace_back(child, share * share_of(tree, node, child));
    }
  }
  return sum;
}

/// The values of one tree for one row, added to phi [features].
class Walk {
 public:
  Walk(const FeatureMatrix& x, const Quadrature& points, int64_t depth)
      : x_(x), points_(points), products_((depth + 1) * points.t.size()) {}

  void add(const Tree& tree, int64_t row, double* phi) {
    if (tree.nodes.empty()) return;
    tree_ = &tree;
    row_ = row;
    phi_ = phi;
    std::fill_n(products_.begin(), points_.t.size(), 1.0);
    step(0, 0);
  }

 private:
  /// path_ leads to `at`, below `depth` splits; p(t) at the points stands in row `depth` of
  /// products_.
  void step(int32_t at, int64_t depth) {
    const size_t points = points_.t.size();
    const double* product = products_.data() + depth * points;
    if (at < 0) {
      for (const PathEntry& entry : path_) {
        double integral = 0;
        for (size_t k = 0; k < points; ++k) {
          integral += points_.weight[k] * product[k] / entry.at(points_.t[k]);
        }
        phi_[entry.feature] += integral * (entry.o - entry.z) * tree_->leaves[~at].value;
      }
      return;
    }
    const TreeNode& node = tree_->nodes[at];
    // A feature that is on the path already: its entry is replaced by that of both splits.
    size_t index = 0;
    while (index < path_.size() && path_[index].feature != node.feature) ++index;
    const bool fresh = index == path_.size();
    if (fresh) path_.push_back({node.feature, 1, 1});
    const PathEntry before = path_[index];
    const int32_t hot = tree_child(node, x_.columns[node.feature][row_]);
    for (const int32_t child : {node.left, node.right}) {
      const PathEntry after = {node.feature, before.z * share_of(*tree_, node, child),
                               child == hot ? before.o : 0};
      if (after.z == 0 && after.o == 0) continue;  // nothing gets here, with the feature or without
      double* below = products_.data() + (depth + 1) * points;
      for (size_t k = 0; k < points; ++k) {
        below[k] = product[k] / before.at(points_.t[k]) * after.at(points_.t[k]);
      }
      path_[index] = after;
      step(child, depth + 1);
    }
    path_[index] = before;
    if (fresh) path_.pop_back();
  }

  const FeatureMatrix& x_;
  const Quadrature& points_;
  std::vector<double> products_;  // [depth + 1, points]
  std::vector<PathEntry> path_;
  const Tree* tree_ = nullptr;
  int64_t row_ = 0;
  double* phi_ = nullptr;
};

}  // namespace

std::vector<double> shapley_values(const TreeEnsemble& ensemble, const FeatureMatrix& x,
                                   ThreadPool& threads) {
  ensemble.check_matrix(x);
  const int64_t outputs = ensemble.outputs(), width = ensemble.features() + 1;
  const auto& trees = ensemble.trees();
  std::vector<double> means(outputs, 0.0);
  int64_t depth = 0;
  for (size_t i = 0; i < trees.size(); ++i) {
    means[i % outputs] += mean_of(trees[i]);
    depth = std::max(depth, depth_of(trees[i]));
  }
  // The integrand's degree is one less than the features of a path.
  const Quadrature points((std::min(depth, ensemble.features()) + 1) / 2);
  std::vector<double> out(x.rows * outputs * width, 0.0);
  const int64_t blocks = (x.rows + kBlockOfRows - 1) / kBlockOfRows;
  threads.parallel_for(blocks, [&](int64_t block) {
    Walk walk(x, points, depth);
    const int64_t end = std::min(x.rows, (block + 1) * kBlockOfRows);
    for (int64_t row = block * kBlockOfRows; row < end; ++row) {
      double* of_row = out.data() + row * outputs * width;
      for (size_t i = 0; i < trees.size(); ++i) {
        walk.add(trees[i], row, of_row + (i % outputs) * width);
      }
      for (int64_t output = 0; output < outputs; ++output) {
        of_row[output * width + width - 1] = means[output];
      }
    }
  });
  return out;
}

namespace {

/// Steps along the line of raw sums. The slope of a softmax is smooth: what midpoints leave out is then spread.
constexpr int64_t kLineSteps = 64;

/// share[c, k]: what the prediction of output c gains for each unit that raw sum k moves, on the line from `mean`
/// to `raw` [outputs].
std::vector<double> line_slopes(const TreeEnsemble& trees, const std::vector<double>& mean,
                                const std::vector<double>& raw) {
  const auto outputs = static_cast<size_t>(trees.outputs());
  std::vector<double> share(outputs * outputs, 0.0);
  const auto predict = [&](std::vector<double> sums) {
    return tree_predictions(trees.objective(), trees.outputs(), std::move(sums));
  };
  const auto from = predict(mean), to = predict(raw);
  if (outputs == 1) {
    const double moved = raw[0] - mean[0];
    // Where nothing moved there is nothing to share out, whatever the slope.
    share[0] = moved == 0 ? 1 : (to[0] - from[0]) / moved;
    return share;
  }
  for (int64_t step = 0; step < kLineSteps; ++step) {
    const double t = (static_cast<double>(step) + 0.5) / static_cast<double>(kLineSteps);
    std::vector<double> at(outputs);
    for (size_t k = 0; k < outputs; ++k) at[k] = mean[k] + t * (raw[k] - mean[k]);
    const auto p = predict(std::move(at));
    for (size_t c = 0; c < outputs; ++c) {
      for (size_t k = 0; k < outputs; ++k)
        share[c * outputs + k] +=
            p[c] * ((c == k ? 1 : 0) - p[k]) / static_cast<double>(kLineSteps);
    }
  }
  for (size_t c = 0; c < outputs; ++c) {
    double sum = 0, square = 0;
    for (size_t k = 0; k < outputs; ++k) {
      const double moved = raw[k] - mean[k];
      sum += share[c * outputs + k] * moved;
      square += moved * moved;
    }
    const double left = to[c] - from[c] - sum;
    for (size_t k = 0; k < outputs && square > 0; ++k)
      share[c * outputs + k] += left * (raw[k] - mean[k]) / square;
  }
  return share;
}

}  // namespace

std::vector<double> shapley_of_predictions(const TreeEnsemble& ensemble, const FeatureMatrix& x,
                                           ThreadPool& threads) {
  const auto phi = shapley_values(ensemble, x, threads);
  if (ensemble.objective() == "l1" || ensemble.objective() == "l2") return phi;
  const int64_t outputs = ensemble.outputs(), width = ensemble.features() + 1;
  std::vector<double> out(phi.size(), 0.0);
  for (int64_t row = 0; row < x.rows; ++row) {
    const double* of_row = phi.data() + row * outputs * width;
    std::vector<double> mean(outputs), raw(outputs, 0.0);
    for (int64_t k = 0; k < outputs; ++k) {
      mean[k] = of_row[k * width + width - 1];
      for (int64_t f = 0; f < width; ++f) raw[k] += of_row[k * width + f];
    }
    const auto share = line_slopes(ensemble, mean, raw);
    const auto start = tree_predictions(ensemble.objective(), outputs, mean);
    for (int64_t c = 0; c < outputs; ++c) {
      double* to = out.data() + (row * outputs + c) * width;
      for (int64_t k = 0; k < outputs; ++k) {
        for (int64_t f = 0; f + 1 < width; ++f)
          to[f] += share[c * outputs + k] * of_row[k * width + f];
      }
      to[width - 1] = start[c];
    }
  }
  return out;
}

}  // namespace cenote
