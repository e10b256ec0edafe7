// SPDX-License-Identifier: Apache-2.0
#include "tree/shapley.h"

#include "tree/detail_booster.h"
#include "tree/lightgbm_api.h"
#include "tree_helpers.h"

namespace cenote {
namespace {

constexpr double kAdditive = 1e-9;  // relative: rounding along a path
constexpr double kLightgbm = 1e-6;  // the same algorithm in another order
constexpr double kBruteForce = 1e-10;

std::vector<double> values(const TreeEnsemble& ensemble, const FeatureMatrix& x, int threads = 1) {
  ThreadPool pool(threads);
  return shapley_values(ensemble, x, pool);
}

/// Splits leaves at random, so features come again on a path. Some leaves have no rows.
Tree random_tree(int32_t features, int64_t leaves, Random& random) {
  Tree tree;
  tree.leaves.push_back({random.normal(), 5});
  while (static_cast<int64_t>(tree.leaves.size()) < leaves) {
    const auto leaf = static_cast<int32_t>(random.below(tree.leaves.size()));
    const auto node = static_cast<int32_t>(tree.nodes.size());
    const auto fresh = static_cast<int32_t>(tree.leaves.size());
    for (auto& above : tree.nodes) {
      if (above.left == ~leaf) above.left = node;
      if (above.right == ~leaf) above.right = node;
    }
    tree.nodes.push_back({.feature = static_cast<int32_t>(random.below(features)),
                          .left = ~leaf,
                          .right = ~fresh,
                          .default_left = random.below(2) == 0,
                          .threshold = random.normal()});
    tree.leaves.push_back({random.normal(), static_cast<int64_t>(random.below(4))});
  }
  return tree;
}

/// Algorithm 1 of the paper: the mean of what is below `at` when the features of `known` are known.
double expected(const Tree& tree, int32_t at, const FeatureMatrix& x, int64_t row, uint32_t known) {
  if (at < 0) return tree.leaves[~at].value;
  const TreeNode& node = tree.nodes[at];
  if (known >> node.feature & 1) {
    return expected(tree, tree_child(node, x.columns[node.feature][row]), x, row, known);
  }
  const auto cover = [&](int32_t child) {
    return static_cast<double>(child < 0 ? tree.leaves[~child].cover : tree.nodes[child].cover);
  };
  const double sum = cover(node.left) + cover(node.right);
  const double left = sum > 0 ? cover(node.left) / sum : 0.5;
  return left * expected(tree, node.left, x, row, known) +
         (1 - left) * expected(tree, node.right, x, row, known);
}

/// The definition: over all sets without the feature, what it adds.
double brute_force(const Tree& tree, const FeatureMatrix& x, int64_t row, int32_t features,
                   int32_t feature) {
  const int32_t root = tree.nodes.empty() ? ~0 : 0;
  double sum = 0;
  for (uint32_t set = 0; set < 1u << features; ++set) {
    if (set >> feature & 1) continue;
    const int size = __builtin_popcount(set);
    const double weight =
        std::tgamma(size + 1) * std::tgamma(features - size) / std::tgamma(features + 1);
    sum += weight *
           (expected(tree, root, x, row, set | 1u << feature) - expected(tree, root, x, row, set));
  }
  return sum;
}

void expect_additive(const TreeEnsemble& ensemble, const FeatureMatrix& x) {
  ThreadPool pool(2);
  const auto shapley = shapley_values(ensemble, x, pool), raw = ensemble.raw(x, pool);
  const size_t width = ensemble.features() + 1;
  ASSERT_EQ(shapley.size(), raw.size() * width);
  for (size_t i = 0; i < raw.size(); ++i) {
    double sum = 0, size = 0;
    for (size_t j = i * width; j < (i + 1) * width; ++j) {
      sum += shapley[j];
      size += std::abs(shapley[j]);
    }
    ASSERT_NEAR(sum, raw[i], kAdditive * size);
  }
}

TEST(Shapley, ByHand) {
  // Known nothing: 170/60; x0: 50/30; x1: (1 + 4)/2; both: 1.
  const auto two = values({"l2", 2, 1, {hand_tree()}}, {1, {{0}, {-1}}});
  EXPECT_DOUBLE_EQ(two[0], -4.0 / 3);
  EXPECT_DOUBLE_EQ(two[1], -0.5);
  EXPECT_DOUBLE_EQ(two[2], 17.0 / 6);
}

TEST(Shapley, Empty) {
  EXPECT_TRUE(values({"l2", 2, 1, {hand_tree()}}, {0, {{}, {}}}).empty());
  EXPECT_EQ(values({"l2", 0, 1, {{{}, {{3, 1}}}}}, {2, {}}), (std::vector<double>{3, 3}));
  EXPECT_EQ(values({"l2", 1, 1, {}}, {1, {{1}}}), (std::vector<double>{0, 0}));
  EXPECT_EQ(code_of([] { values({"l2", 2, 1, {hand_tree()}}, {1, {{1}}}); }), ErrorCode::bad_input);
}

TEST(Shapley, EqualsTheDefinition) {
  constexpr int32_t kFeatures = 5;
  const auto x = random_matrix(6, kFeatures, 30);
  for (uint64_t key = 0; key < 60; ++key) {
    Random random(key);
    const TreeEnsemble ensemble(
        "l2", kFeatures, 1, {random_tree(kFeatures, 1 + static_cast<int64_t>(key) % 24, random)});
    const auto shapley = values(ensemble, x);
    for (int64_t row = 0; row < x.rows; ++row) {
      for (int32_t feature = 0; feature < kFeatures; ++feature) {
        ASSERT_NEAR(shapley[row * (kFeatures + 1) + feature],
                    brute_force(ensemble.trees()[0], x, row, kFeatures, feature), kBruteForce)
            << "tree " << key << ", row " << row << ", feature " << feature;
      }
    }
    expect_additive(ensemble, x);
  }
}

TEST(Shapley, EqualsLightgbm) {
  for (const char* objective : {"binary", "multiclass", "l1", "l2"}) {
    const auto options = small_options(objective, 15);
    const auto x = random_matrix(1500, 7, 31);
    Booster booster(x, labels_for(options, random_target(x, 32)), {}, options);
    std::vector<Tree> trees;
    for (int64_t round = 0; round < options.rounds; ++round) {
      booster.update();
      for (auto& tree : booster.trees(round)) trees.push_back(std::move(tree));
    }
    const TreeEnsemble ensemble(objective, 7, options.classes, std::move(trees));
    const auto other = random_matrix(100, 7, 33);
    const auto theirs = booster.predict(other, kLightgbmContributions);
    const auto ours = values(ensemble, other);
    ASSERT_EQ(ours.size(), theirs.size());
    for (size_t i = 0; i < ours.size(); ++i) ASSERT_NEAR(ours[i], theirs[i], kLightgbm);
    expect_additive(ensemble, other);
  }
}

TEST(Shapley, AddsUpOnLongPaths) {
  // One chain of splits, each on a feature of its own.
  for (const int32_t depth : {40, 600}) {
    Tree tree;
    for (int32_t i = 0; i < depth; ++i) {
      tree.nodes.push_back({.feature = i, .left = i + 1 < depth ? i + 1 : ~depth, .right = ~i});
      tree.leaves.push_back({std::sin(i), 20 + i});
    }
    tree.leaves.push_back({2, 20});
    auto x = random_matrix(3, depth, 34);
    for (auto& column : x.columns) column[0] = -1;  // all the way down
    expect_additive({"l2", depth, 1, {tree}}, x);
  }
}

TEST(Shapley, AnUnusedFeatureHasNoneAndCopiesShareAlike) {
  // x2 is not used; the trees of x0 and x1 are copies of each other.
  const Tree first{{{.feature = 0, .left = ~0, .right = ~1}}, {{1, 10}, {3, 30}}};
  Tree second = first;
  second.nodes[0].feature = 1;
  const auto shapley = values({"l2", 3, 1, {first, second}}, {1, {{1}, {1}, {1}}});
  EXPECT_EQ(shapley[0], shapley[1]);
  EXPECT_EQ(shapley[2], 0);
}

TEST(Shapley, ThreadsDoNotShow) {
  Random random(35);
  std::vector<Tree> trees;
  for (int i = 0; i < 6; ++i) trees.push_back(random_tree(6, 30, random));
  const TreeEnsemble ensemble("multiclass", 6, 3, trees);
  const auto x = random_matrix(100, 6, 36);
  EXPECT_EQ(values(ensemble, x, 1), values(ensemble, x, 3));
}

TEST(Shapley, InTheUnitOfPredictionsTheyAddUpToThePrediction) {
  const FeatureMatrix x = random_matrix(200, 6, 21);
  for (const char* objective : {"l2", "binary", "multiclass"}) {
    const BoostingOptions options = small_options(objective);
    const TreeEnsemble trees = fit_trees(x, labels_for(options, random_target(x, 22)), {}, nullptr,
                                         nullptr, false, options, {}, nullptr);
    ThreadPool pool(2);
    const auto amounts = shapley_of_predictions(trees, x, pool);
    const auto predicted = trees.predict(x, pool);
    const auto width = static_cast<size_t>(trees.features()) + 1;
    for (size_t i = 0; i < predicted.size(); ++i) {
      double sum = 0;
      for (size_t f = 0; f < width; ++f) sum += amounts[i * width + f];
      EXPECT_NEAR(sum, predicted[i], kAdditive) << objective << i;
    }
  }
}

TEST(Shapley, OfAProbabilityAreTheRawOnesTimesOneFactor) {
  // One split at 0: raw sums -1 and 1, half of the rows each, so the mean is 0 and its probability 1/2.
  Tree tree;
  tree.nodes = {{.feature = 0, .left = ~0, .right = ~1, .threshold = 0}};
  tree.leaves = {{-1, 10}, {1, 10}};
  const TreeEnsemble trees("binary", 1, 1, {tree});
  ThreadPool pool(1);
  const auto amounts = shapley_of_predictions(trees, {2, {{-3, 3}}}, pool);
  const double p = 1 / (1 + std::exp(-1.0));
  EXPECT_NEAR(amounts[0], 0.5 - p, 1e-12);
  EXPECT_NEAR(amounts[1], 0.5, 1e-12);
  EXPECT_NEAR(amounts[2], p - 0.5, 1e-12);
}

}  // namespace
}  // namespace cenote
