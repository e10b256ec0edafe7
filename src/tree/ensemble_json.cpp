// SPDX-License-Identifier: Apache-2.0
// Ensembles as JSON: one list a field, so that a tree costs little more than its numbers.
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "tree/ensemble.h"

namespace cenote {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name) {
  CENOTE_CHECK(object.is_object() && object.contains(name), bad_input, "trees: '{}' is missing",
               name);
  return object.at(name);
}

/// Integers as they stand: a fraction, or what does not fit, is an error and never rounded.
int64_t integer(const json& value, const char* name, int64_t min, int64_t max) {
  // Above INT64_MAX a JSON integer is unsigned.
  const bool fits =
      value.is_number_integer() &&
      (!value.is_number_unsigned() || value.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX));
  const int64_t number = fits ? value.get<int64_t>() : 0;
  CENOTE_CHECK(fits && number >= min && number <= max, bad_input,
               "trees: '{}' must hold integers in [{}, {}]", name, min, max);
  return number;
}

/// The list `name` of a tree, which must have `count` entries; count < 0: any number.
const json& list(const json& tree, const char* name, int64_t count) {
  const json& values = member(tree, name);
  CENOTE_CHECK(values.is_array() && (count < 0 || static_cast<int64_t>(values.size()) == count),
               bad_input, "trees: '{}' must be a list{}", name,
               count < 0 ? "" : fmt::format(" of {}", count));
  return values;
}

double number(const json& value, const char* name) {
  CENOTE_CHECK(value.is_number(), bad_input, "trees: '{}' must hold numbers", name);
  return value.get<double>();
}

json save_tree(const Tree& tree) {
  json out = {{"feature", json::array()}, {"threshold", json::array()}, {"missing", json::array()},
              {"left", json::array()},    {"right", json::array()},     {"gain", json::array()},
              {"value", json::array()},   {"cover", json::array()}};
  for (const TreeNode& node : tree.nodes) {
    out["feature"].push_back(node.feature);
    out["threshold"].push_back(node.threshold);
    out["missing"].push_back(node.default_left ? 0 : 1);
    out["left"].push_back(node.left);
    out["right"].push_back(node.right);
    out["gain"].push_back(node.gain);
  }
  for (const TreeLeaf& leaf : tree.leaves) {
    out["value"].push_back(leaf.value);
    out["cover"].push_back(leaf.cover);
  }
  return out;
}

Tree load_tree(const json& in) {
  Tree tree;
  tree.nodes.resize(list(in, "feature", -1).size());
  tree.leaves.resize(list(in, "value", -1).size());
  const auto nodes = static_cast<int64_t>(tree.nodes.size());
  const json &feature = list(in, "feature", nodes), &threshold = list(in, "threshold", nodes),
             &missing = list(in, "missing", nodes), &left = list(in, "left", nodes),
             &right = list(in, "right", nodes), &gain = list(in, "gain", nodes);
  for (int64_t i = 0; i < nodes; ++i) {
    TreeNode& node = tree.nodes[i];
    node.feature = static_cast<int32_t>(integer(feature[i], "feature", 0, INT32_MAX));
    node.threshold = number(threshold[i], "threshold");
    node.default_left = integer(missing[i], "missing", 0, 1) == 0;
    node.left = static_cast<int32_t>(integer(left[i], "left", INT32_MIN, INT32_MAX));
    node.right = static_cast<int32_t>(integer(right[i], "right", INT32_MIN, INT32_MAX));
    node.gain = number(gain[i], "gain");
  }
  const auto leaves = static_cast<int64_t>(tree.leaves.size());
  const json &value = list(in, "value", leaves), &cover = list(in, "cover", leaves);
  for (int64_t i = 0; i < leaves; ++i) {
    tree.leaves[i].value = number(value[i], "value");
    tree.leaves[i].cover = integer(cover[i], "cover", 0, INT64_MAX);
  }
  return tree;
}

}  // namespace

json TreeEnsemble::save() const {
  json trees = json::array();
  for (const Tree& tree : trees_) trees.push_back(save_tree(tree));
  return {{"objective", objective_},
          {"features", features_},
          {"outputs", outputs_},
          {"trees", std::move(trees)}};
}

TreeEnsemble TreeEnsemble::load(const json& state) {
  const json& objective = member(state, "objective");
  CENOTE_CHECK(objective.is_string(), bad_input, "trees: 'objective' must be a text");
  std::vector<Tree> trees;
  for (const json& tree : list(state, "trees", -1)) trees.push_back(load_tree(tree));
  return {objective.get<std::string>(),
          integer(member(state, "features"), "features", 0, INT32_MAX),
          integer(member(state, "outputs"), "outputs", 1, INT32_MAX), std::move(trees)};
}

}  // namespace cenote
