// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "tree_helpers.h"

namespace cenote {
namespace {

using nlohmann::json;

TreeEnsemble by_hand(const std::string& objective = "l2") {
  return {objective, 2, 1, {hand_tree()}};
}

std::vector<double> raw(const TreeEnsemble& ensemble, const FeatureMatrix& x) {
  ThreadPool threads(1);
  return ensemble.raw(x, threads);
}

TEST(Ensemble, ByHand) {
  const float inf = std::numeric_limits<float>::infinity();
  const FeatureMatrix x{7, {{0, 0, 1, kMissing, 0.5f, -inf, 0}, {-1, 0, 0, -2, kMissing, -2, inf}}};
  EXPECT_EQ(raw(by_hand(), x), (std::vector<double>{1, 2, 4, 4, 1, 4, 1}));
  EXPECT_EQ(by_hand().importance(), (std::vector<double>{3, 0.25}));
  EXPECT_EQ(by_hand().trees()[0].nodes[0].cover, 60);
  EXPECT_EQ(by_hand().trees()[0].nodes[1].cover, 30);
}

TEST(Ensemble, ComparesTheFloatAsADouble) {
  Tree tree = hand_tree();
  tree.nodes[0].threshold = 0.1;  // below 0.1f
  EXPECT_EQ(raw({"l2", 2, 1, {tree}}, {1, {{0.1f}, {0}}})[0], 4);
}

TEST(Ensemble, ObjectivesGiveProbabilities) {
  ThreadPool threads(1);
  const FeatureMatrix x{1, {{1}, {0}}};
  EXPECT_DOUBLE_EQ(by_hand("binary").predict(x, threads)[0], 1 / (1 + std::exp(-4.0)));
  EXPECT_DOUBLE_EQ(by_hand("l1").predict(x, threads)[0], 4);
  const Tree zero{{}, {{0, 60}}};
  const TreeEnsemble two("multiclass", 2, 2, {hand_tree(), zero, hand_tree(), zero});
  EXPECT_EQ(raw(two, x), (std::vector<double>{8, 0}));
  EXPECT_DOUBLE_EQ(two.predict(x, threads)[1], 1 / (1 + std::exp(8.0)));
}

TEST(Ensemble, Empty) {
  EXPECT_EQ(raw(TreeEnsemble("l2", 0, 1, {}), {2, {}}), (std::vector<double>{0, 0}));
  EXPECT_TRUE(raw(by_hand(), {0, {{}, {}}}).empty());
  EXPECT_EQ(code_of([] { raw(by_hand(), {1, {{1}}}); }), ErrorCode::bad_input);
  EXPECT_EQ(code_of([] { raw(by_hand(), {1, {{1}, {1, 2}}}); }), ErrorCode::bad_input);
}

TEST(Ensemble, SavedAndLoaded) {
  Tree odd = hand_tree();
  odd.leaves[0].value = 0.1 + 0.2;
  odd.nodes[0].threshold = -std::nextafter(1e-300, 1);
  const TreeEnsemble before("multiclass", 2, 2, {odd, {{}, {{-0.0, 3}}}});
  const std::string text = before.save().dump();
  const auto after = TreeEnsemble::load(json::parse(text));
  EXPECT_EQ(after.save().dump(), text);
  EXPECT_EQ(after.trees()[0].leaves[0].value, 0.1 + 0.2);
  EXPECT_EQ(after.trees()[0].nodes[0].cover, 60);
  EXPECT_EQ(after.objective(), "multiclass");
}

TEST(Ensemble, BlocksDoNotShow) {
  const auto x = random_matrix(1000, 2, 1);
  ThreadPool one(1), three(3);
  const auto all = by_hand().raw(x, three);
  EXPECT_EQ(all, by_hand().raw(x, one));
  EXPECT_EQ(all, tree_values(hand_tree(), x, three));
}

/// One damage of the saved hand-made tree: a pointer into the JSON and what stands there instead.
struct Damage {
  const char *at, *instead;
};

class EnsembleDamage : public testing::TestWithParam<Damage> {};

TEST_P(EnsembleDamage, IsBadInput) {
  json state = by_hand().save();
  const auto instead = json::parse(GetParam().instead, nullptr, false);
  state[json::json_pointer(GetParam().at)] = instead.is_discarded() ? json(INFINITY) : instead;
  EXPECT_EQ(code_of([&] { TreeEnsemble::load(state); }), ErrorCode::bad_input)
      << GetParam().at << " = " << GetParam().instead;
}

INSTANTIATE_TEST_SUITE_P(
    , EnsembleDamage,
    testing::Values(
        Damage{"", "[]"}, Damage{"", "null"}, Damage{"/objective", "\"gamma\""},
        Damage{"/objective", "1"}, Damage{"/features", "1"}, Damage{"/features", "-1"},
        Damage{"/features", "2.5"}, Damage{"/features", "18446744073709551615"},
        Damage{"/outputs", "0"}, Damage{"/outputs", "2"}, Damage{"/outputs", "\"1\""},
        Damage{"/trees", "{}"}, Damage{"/trees/0", "[]"}, Damage{"/trees/0/feature", "[0]"},
        Damage{"/trees/0/feature/1", "2"}, Damage{"/trees/0/feature/1", "-1"},
        Damage{"/trees/0/feature/1", "4294967296"}, Damage{"/trees/0/feature/1", "0.5"},
        Damage{"/trees/0/threshold", "[0.5, -1, 3]"}, Damage{"/trees/0/threshold/0", "null"},
        Damage{"/trees/0/threshold/0", "inf"}, Damage{"/trees/0/missing/0", "2"},
        Damage{"/trees/0/missing/0", "true"}, Damage{"/trees/0/left/0", "0"},
        Damage{"/trees/0/left/1", "0"}, Damage{"/trees/0/left/1", "1"},
        Damage{"/trees/0/left/0", "2"}, Damage{"/trees/0/left/0", "-1"},
        Damage{"/trees/0/left/0", "-4"}, Damage{"/trees/0/left/0", "-2147483648"},
        Damage{"/trees/0/left/0", "4294967297"}, Damage{"/trees/0/right/1", "-1"},
        Damage{"/trees/0/right", "[-3]"}, Damage{"/trees/0/gain/1", "inf"},
        Damage{"/trees/0/gain/1", "\"\""}, Damage{"/trees/0/value", "[1, 2]"},
        Damage{"/trees/0/value", "[]"}, Damage{"/trees/0/value/0", "inf"},
        Damage{"/trees/0/value/0", "[]"}, Damage{"/trees/0/cover/2", "-1"},
        Damage{"/trees/0/cover/2", "9223372036854775807"}, Damage{"/trees/0/cover", "null"}));

TEST(Ensemble, EachFieldIsNeeded) {
  const json state = by_hand().save();
  for (const std::string where : {"", "/trees/0"}) {
    const json inner = state.at(json::json_pointer(where));
    for (const auto& [name, value] : inner.items()) {
      json damaged = state;
      damaged[json::json_pointer(where)].erase(name);
      EXPECT_EQ(code_of([&] { TreeEnsemble::load(damaged); }), ErrorCode::bad_input) << name;
    }
  }
}

TEST(Ensemble, LongPathsAreRefused) {
  Tree tree;
  for (int32_t i = 0; i < kMaxLeaves; ++i) {
    tree.nodes.push_back(
        {.feature = 0, .left = i + 1 < kMaxLeaves ? i + 1 : ~int32_t{kMaxLeaves}, .right = ~i});
    tree.leaves.push_back({0, 1});
  }
  tree.leaves.push_back({0, 1});
  EXPECT_EQ(code_of([&] { TreeEnsemble("l2", 1, 1, {tree}); }), ErrorCode::bad_input);
}

}  // namespace
}  // namespace cenote
