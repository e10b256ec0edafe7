// SPDX-License-Identifier: Apache-2.0
// The same bytes for any number of threads need more of LightGBM than `deterministic`:
//   - force_col_wise: row-wise histograms are cut into as many parts as there are threads, and
//     their sums change in the last bits with that;
//   - no bundles of exclusive features: sparse bundles have row-wise histograms whatever was asked
//     for. Without bundles, too, the bins never join two values that prediction tells apart.
#include "tree/detail_booster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hash.h"
#include "tree/lightgbm_api.h"

namespace cenote {
namespace {

using nlohmann::json;

constexpr int64_t kSampledValues = 25'000'000;  // 12 bytes each
constexpr double kZero = 1e-35;                 // what LightGBM counts as zero: kZeroThreshold

/// Nothing is printed: messages go to a callback that drops them. Both are of the calling thread.
void silence() {
  LGBM_RegisterLogCallback([](const char*) {});
}

void check(int result) {
  if (result == 0) return;
  const std::string message = LGBM_GetLastError();
  const bool memory = message.find("bad_alloc") != std::string::npos ||
                      message.find("bad allocation") != std::string::npos;
  fail(memory ? ErrorCode::memory : ErrorCode::internal, "LightGBM: {}", message);
}

std::string parameters(const FeatureMatrix& train, const BoostingOptions& options) {
  const bool multiclass = options.objective == "multiclass";
  std::string objective = options.objective;
  if (objective == "l1") objective = "regression_l1";
  if (objective == "l2") objective = "regression";
  // A bag without rows cannot be boosted from.
  const bool bagging = options.bagging_fraction < 1 &&
                       options.bagging_fraction * static_cast<double>(train.rows) >= 1;
  const auto columns = std::max<int64_t>(1, static_cast<int64_t>(train.columns.size()));
  return fmt::format(
      "objective={} num_class={} learning_rate={} num_leaves={} min_data_in_leaf={} "
      "feature_fraction={} bagging_fraction={} bagging_freq={} lambda_l2={} max_bin={} "
      "bin_construct_sample_cnt={} seed={} num_threads={} deterministic=true force_col_wise=true "
      "enable_bundle=false use_missing=true zero_as_missing=false metric=none verbosity=-1",
      objective, multiclass ? options.classes : 1, options.learning_rate, options.leaves,
      options.min_rows_in_leaf, options.feature_fraction, bagging ? options.bagging_fraction : 1.0,
      bagging ? 1 : 0, options.lambda_l2, options.max_bins,
      std::clamp<int64_t>(kSampledValues / columns, 20'000, 200'000),
      mix64(options.seed) & INT32_MAX, options.threads);
}

/// Rows [begin, end) row-major; without columns one of zeros, which no tree can split.
std::vector<float> row_major(const FeatureMatrix& x, int64_t begin, int64_t end) {
  const size_t columns = x.columns.size();
  if (columns == 0) return std::vector<float>(end - begin, 0.0f);
  std::vector<float> out((end - begin) * columns);
  for (size_t column = 0; column < columns; ++column) {
    const float* from = x.columns[column].data();
    for (int64_t row = begin; row < end; ++row) {
      out[(row - begin) * columns + column] = tree_input(from[row]);
    }
  }
  return out;
}

/// A data set with bins but without rows.
void* make_bins(const FeatureMatrix& x, const std::string& parameters) {
  const auto rows = static_cast<int32_t>(x.rows);
  int32_t sampled = 0;
  check(LGBM_GetSampleCount(rows, parameters.c_str(), &sampled));
  std::vector<int32_t> sample(sampled);
  check(LGBM_SampleIndices(rows, parameters.c_str(), sample.data(), &sampled));
  const size_t columns = std::max<size_t>(1, x.columns.size());
  std::vector<std::vector<double>> values(columns);
  std::vector<std::vector<int>> positions(columns);
  for (size_t column = 0; column < x.columns.size(); ++column) {
    for (int32_t i = 0; i < sampled; ++i) {
      const double value = tree_input(x.columns[column][sample[i]]);
      if (std::abs(value) <= kZero) continue;
      values[column].push_back(value);
      positions[column].push_back(i);
    }
  }
  std::vector<double*> value_lists;
  std::vector<int*> position_lists;
  std::vector<int> counts;
  for (size_t column = 0; column < columns; ++column) {
    value_lists.push_back(values[column].data());
    position_lists.push_back(positions[column].data());
    counts.push_back(static_cast<int>(values[column].size()));
  }
  void* dataset = nullptr;
  check(LGBM_DatasetCreateFromSampledColumn(value_lists.data(), position_lists.data(),
                                            static_cast<int32_t>(columns), counts.data(), sampled,
                                            rows, rows, parameters.c_str(), &dataset));
  return dataset;
}

void push_rows(void* dataset, const FeatureMatrix& x) {
  const int64_t columns = std::max<int64_t>(1, static_cast<int64_t>(x.columns.size()));
  const int64_t step = std::clamp<int64_t>(1'000'000 / columns, 64, 8192);
  for (int64_t begin = 0; begin < x.rows; begin += step) {
    const int64_t end = std::min(x.rows, begin + step);
    const auto chunk = row_major(x, begin, end);
    check(LGBM_DatasetPushRows(dataset, chunk.data(), kLightgbmFloat32,
                               static_cast<int32_t>(end - begin), static_cast<int32_t>(columns),
                               static_cast<int32_t>(begin)));
  }
}

void set_field(void* dataset, const char* name, std::span<const double> values) {
  std::vector<float> narrow(values.begin(), values.end());
  check(LGBM_DatasetSetField(dataset, name, narrow.data(), static_cast<int>(narrow.size()),
                             kLightgbmFloat32));
}

/// Appends what `in` describes to `tree` and returns it as a child.
int32_t copy_node(const json& in, Tree& tree) {
  if (!in.contains("split_feature")) {
    tree.leaves.push_back({in.at("leaf_value").get<double>(), in.value("leaf_count", int64_t{0})});
    return ~static_cast<int32_t>(tree.leaves.size() - 1);
  }
  const auto index = static_cast<int32_t>(tree.nodes.size());
  TreeNode node;
  node.feature = in.at("split_feature").get<int32_t>();
  node.threshold = in.at("threshold").get<double>();
  node.gain = in.at("split_gain").get<double>();
  CENOTE_ASSERT(in.at("decision_type") == "<=");
  // "None": training saw no missing value here, and one that comes later counts as 0.
  const auto missing = in.at("missing_type").get<std::string>();
  CENOTE_ASSERT(missing == "None" || missing == "NaN");
  node.default_left = missing == "None" ? 0 <= node.threshold : in.at("default_left").get<bool>();
  tree.nodes.push_back(node);
  const int32_t left = copy_node(in.at("left_child"), tree);
  const int32_t right = copy_node(in.at("right_child"), tree);
  tree.nodes[index].left = left;
  tree.nodes[index].right = right;
  return index;
}

}  // namespace

void Booster::FreeDataset::operator()(void* handle) const { LGBM_DatasetFree(handle); }
void Booster::FreeBooster::operator()(void* handle) const { LGBM_BoosterFree(handle); }

Booster::Booster(const FeatureMatrix& train, std::span<const double> label,
                 std::span<const double> weight, const BoostingOptions& options)
    : features_(static_cast<int64_t>(train.columns.size())),
      outputs_(options.objective == "multiclass" ? options.classes : 1) {
  silence();
  const std::string text = parameters(train, options);
  dataset_.reset(make_bins(train, text));
  push_rows(dataset_.get(), train);
  set_field(dataset_.get(), "label", label);
  if (!weight.empty()) set_field(dataset_.get(), "weight", weight);
  void* booster = nullptr;
  check(LGBM_BoosterCreate(dataset_.get(), text.c_str(), &booster));
  booster_.reset(booster);
}

bool Booster::update() {
  silence();
  int finished = 0;
  check(LGBM_BoosterUpdateOneIter(booster_.get(), &finished));
  return finished == 0;
}

std::vector<Tree> Booster::trees(int64_t round) {
  if (text_.empty()) text_.resize(1 << 16);
  int64_t length = 0;
  const auto dump = [&] {
    check(LGBM_BoosterDumpModel(booster_.get(), static_cast<int>(round), 1, 0,
                                static_cast<int64_t>(text_.size()), &length, text_.data()));
  };
  dump();
  if (length > static_cast<int64_t>(text_.size())) {
    text_.resize(length * 2);
    dump();
  }
  std::vector<Tree> out;
  try {
    const json model = json::parse(text_.data(), text_.data() + length - 1);
    for (const auto& tree : model.at("tree_info")) {
      copy_node(tree.at("tree_structure"), out.emplace_back());
    }
  } catch (const json::exception& error) {
    fail(ErrorCode::internal, "LightGBM: its trees cannot be read: {}", error.what());
  }
  CENOTE_ASSERT(out.empty() || static_cast<int64_t>(out.size()) == outputs_);
  return out;
}

std::vector<double> Booster::predict(const FeatureMatrix& x, int predict_type) const {
  silence();
  const auto rows = row_major(x, 0, x.rows);
  const int64_t width = predict_type == kLightgbmContributions ? features_ + 1 : 1;
  std::vector<double> out(x.rows * outputs_ * width);
  int64_t length = 0;
  check(LGBM_BoosterPredictForMat(booster_.get(), rows.data(), kLightgbmFloat32,
                                  static_cast<int32_t>(x.rows), static_cast<int32_t>(features_), 1,
                                  predict_type, 0, -1, "verbosity=-1", &length, out.data()));
  CENOTE_ASSERT(length == static_cast<int64_t>(out.size()));
  return out;
}

}  // namespace cenote
