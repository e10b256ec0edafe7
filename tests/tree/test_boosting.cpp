// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <thread>

#include "support/error_of.h"
#include "tree/detail_booster.h"
#include "tree/lightgbm_api.h"
#include "tree_helpers.h"

namespace cenote {
namespace {

constexpr double kSameSums = 1e-6;  // LightGBM adds the same trees; what is left is rounding

TreeEnsemble fit(const FeatureMatrix& x, const std::vector<double>& label,
                 const BoostingOptions& options) {
  return fit_trees(x, label, {}, nullptr, {}, false, options, {});
}

std::vector<double> predict(const TreeEnsemble& ensemble, const FeatureMatrix& x) {
  ThreadPool threads(1);
  return ensemble.predict(x, threads);
}

class EachObjective : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(, EachObjective, testing::Values("binary", "multiclass", "l1", "l2"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(EachObjective, PredictsWhatLightgbmDoes) {
  const auto options = small_options(GetParam());
  auto x = random_matrix(1500, 8, 3);
  const auto label = labels_for(options, random_target(x, 4));
  Booster booster(x, label, {}, options);
  std::vector<Tree> trees;
  for (int64_t round = 0; round < options.rounds; ++round) {
    ASSERT_TRUE(booster.update());
    for (auto& tree : booster.trees(round)) trees.push_back(std::move(tree));
  }
  const TreeEnsemble ensemble(options.objective, 8, options.classes, std::move(trees));
  EXPECT_EQ(ensemble.save(), fit(x, label, options).save());
  // Other rows, with values missing where training saw none.
  auto other = random_matrix(700, 8, 5);
  for (auto& column : other.columns) column[3] = column[4] = kMissing;
  ThreadPool threads(2);
  for (const auto* rows : {&x, &other}) {
    const auto sums = booster.predict(*rows, kLightgbmRaw), ours = ensemble.raw(*rows, threads);
    ASSERT_EQ(sums.size(), ours.size());
    for (size_t i = 0; i < sums.size(); ++i) ASSERT_NEAR(ours[i], sums[i], kSameSums);
    const auto normal = booster.predict(*rows, 0), predicted = ensemble.predict(*rows, threads);
    for (size_t i = 0; i < sums.size(); ++i) ASSERT_NEAR(predicted[i], normal[i], kSameSums);
  }
}

TEST_P(EachObjective, AnyNumberOfThreadsGivesTheSameBytes) {
  auto options = small_options(GetParam(), 4);
  options.leaves = 12;
  auto x = random_matrix(10000, 8, 8), val = random_matrix(100, 8, 10);
  auto target = random_target(x, 9);
  // Columns that are nearly always 0: the ones that LightGBM would bundle.
  for (uint64_t column = 0; column < 160; ++column) {
    Random random(900 + column);
    auto& values = x.columns.emplace_back(x.rows, 0.0f);
    for (int64_t row = 0; row < x.rows; ++row) {
      if (random.below(16) == 0) values[row] = static_cast<float>(random.normal());
      target[row] += values[row];
    }
    val.columns.emplace_back(val.rows, 0.0f);
  }
  const auto label = labels_for(options, target);
  const auto judge = [&](const std::vector<double>& p) { return std::abs(p[0] - 0.5); };
  // Sums of weights this far apart are not exact, so their order shows: with row-wise histograms or
  // with bundles each number of threads gives other bytes here.
  Random random(5);
  std::vector<double> weight(label.size());
  for (double& value : weight) value = std::exp(6 * random.normal());
  const auto saved = [&] {
    return fit_trees(x, label, weight, &val, judge, false, options, {}).save().dump();
  };
  const std::string first = saved();
  for (const int threads : {2, 3, 4}) {
    options.threads = threads;
    EXPECT_TRUE(saved() == first) << threads << " threads";
  }
  options.threads = 1;
  options.seed = 8;
  EXPECT_FALSE(saved() == first);
}

TEST_P(EachObjective, LearnsAndWithoutAnythingToLearnGivesTheBaseRate) {
  auto options = small_options(GetParam(), 60);
  const auto x = random_matrix(1500, 4, 12);
  const auto label = labels_for(options, random_target(x, 13));
  // l1 starts from the median, the others from the mean or from the shares of the classes.
  std::vector<double> base(options.classes, 0.0);
  const bool multiclass = options.objective == "multiclass";
  for (const double value : label) {
    base[multiclass ? static_cast<size_t>(value) : 0] += multiclass ? 1 : value;
  }
  for (double& value : base) value /= static_cast<double>(label.size());
  if (options.objective == "l1") {
    auto sorted = label;
    std::sort(sorted.begin(), sorted.end());
    base[0] = sorted[sorted.size() / 2];
  }
  constexpr double kFloat32 = 1e-2;  // two neighbours of a median are that near
  FeatureMatrix none{1500, {}}, constant = none;
  constant.columns = {std::vector<float>(1500, 3.0f), std::vector<float>(1500, kMissing),
                      std::vector<float>(1500, -INFINITY)};
  for (const auto* empty : {&none, &constant}) {
    const auto ensemble = fit(*empty, label, options);
    EXPECT_EQ(ensemble.features(), static_cast<int64_t>(empty->columns.size()));
    const auto predicted = predict(ensemble, *empty);
    for (size_t i = 0; i < base.size(); ++i) EXPECT_NEAR(predicted[i], base[i], kFloat32);
  }
  const auto learnt = predict(fit(x, label, options), x);
  double error = 0, base_error = 0;
  for (size_t row = 0; row < label.size(); ++row) {
    const size_t at = multiclass ? static_cast<size_t>(label[row]) : 0;
    const double wanted = multiclass ? 1 : label[row];
    error += std::abs(learnt[row * base.size() + at] - wanted);
    base_error += std::abs(base[at] - wanted);
  }
  EXPECT_LT(error, 0.6 * base_error);
}

TEST_P(EachObjective, FewRowsAndOneClass) {
  const auto options = small_options(GetParam(), 5);
  for (const int64_t rows : {1, 2, 3, 30}) {
    const auto x = random_matrix(rows, 4, 14);
    for (const double label : {0.0, 1.0}) {
      const auto predicted = predict(fit(x, std::vector<double>(rows, label), options), x);
      const size_t at = options.objective == "multiclass" ? static_cast<size_t>(label) : 0;
      const double wanted = options.objective == "multiclass" ? 1 : label;
      for (int64_t row = 0; row < rows; ++row) {
        EXPECT_NEAR(predicted[row * options.classes + at], wanted, 1e-9) << rows << " rows";
      }
    }
  }
}

TEST(Boosting, ASingleClassIsCertain) {
  auto options = small_options("multiclass");
  options.classes = 1;
  const auto x = random_matrix(50, 4, 15);
  EXPECT_EQ(predict(fit(x, std::vector<double>(50, 0.0), options), x),
            std::vector<double>(50, 1.0));
}

TEST(Boosting, OfVeryManyClassesIsRefused) {
  auto options = small_options("multiclass");
  options.classes = 257;
  const auto x = random_matrix(50, 4, 15);
  EXPECT_EQ(
      error_of([&] { fit(x, std::vector<double>(50, 0.0), options); }),
      "unsupported: trees: 257 classes are too many, since every round grows a tree for each; at "
      "most 256, networks predict more");
}

TEST(Boosting, InfiniteValuesAreMissingOnes) {
  const auto options = small_options("l2");
  auto x = random_matrix(1500, 4, 16);
  const auto label = random_target(x, 17);
  const auto plain = fit(x, label, options).save();
  for (float& value : x.columns[1]) value = std::isnan(value) ? INFINITY : value;
  EXPECT_EQ(fit(x, label, options).save(), plain);
}

TEST(Boosting, NothingIsPrinted) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  // LightGBM has a warning for each: nothing to split, one class, no label that differs.
  const FeatureMatrix x{50, {std::vector<float>(50, 1.0f)}};
  for (const char* objective : {"binary", "multiclass", "l1", "l2"}) {
    fit(x, std::vector<double>(50, 1.0), small_options(objective));
    std::thread([&] { fit(x, std::vector<double>(50, 0.0), small_options(objective)); }).join();
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Boosting, WeightsCount) {
  // A row of weight 3 moves the mean like three rows; a row of weight 0 does not.
  const auto options = small_options("l2", 1);
  const FeatureMatrix x{3, {{1, 1, 1}}};
  const std::vector<double> label = {0, 4, 100}, weight = {1, 3, 0};
  const auto ensemble = fit_trees(x, label, weight, nullptr, {}, false, options, {});
  EXPECT_NEAR(predict(ensemble, x)[0], 3, 1e-6);
}

TEST(Boosting, TheBestRoundIsKept) {
  auto options = small_options("l2", 40);
  options.patience = 6;
  const auto x = random_matrix(1500, 4, 18);
  const auto label = random_target(x, 19);
  for (const bool higher : {false, true}) {
    // The judge likes round 5 best and says NaN in round 1 and 7.
    int calls = 0;
    const auto judge = [&](const std::vector<double>& prediction) {
      EXPECT_EQ(prediction.size(), 1500u);
      ++calls;
      if (calls == 1 || calls == 7) return std::nan("");
      return (higher ? -1.0 : 1.0) * std::abs(calls - 5);
    };
    BoostingReport report;
    const auto kept = fit_trees(x, label, {}, &x, judge, higher, options, {}, &report);
    EXPECT_EQ(report.best_round, 5);
    EXPECT_EQ(report.rounds_tried, 11);
    EXPECT_EQ(calls, 11);
    EXPECT_EQ(report.best_metric, 0);
    auto five = options;
    five.rounds = 5;
    EXPECT_EQ(kept.save(), fit(x, label, five).save());
  }
}

TEST(Boosting, TheJudgeSeesWhatTheEnsemblePredicts) {
  const auto options = small_options("multiclass", 10);
  const auto x = random_matrix(1500, 6, 20), val = random_matrix(300, 6, 21);
  std::vector<double> last;
  double metric = 0;
  const auto judge = [&](const std::vector<double>& prediction) {
    last = prediction;
    return ++metric;
  };
  BoostingReport report;
  const auto ensemble = fit_trees(x, labels_for(options, random_target(x, 22)), {}, &val, judge,
                                  true, options, {}, &report);
  EXPECT_EQ(report.best_round, 10);
  EXPECT_EQ(predict(ensemble, val), last);
}

TEST(Boosting, Cancelled) {
  const auto x = random_matrix(200, 4, 23);
  Hooks hooks;
  int asked = 0, told = 0;
  hooks.cancelled = [&] { return ++asked > 3; };
  hooks.progress = [&](const Progress& progress) { told = static_cast<int>(progress.done); };
  const auto label = random_target(x, 24);
  EXPECT_EQ(
      code_of([&] { fit_trees(x, label, {}, nullptr, {}, false, small_options("l2"), hooks); }),
      ErrorCode::cancelled);
  EXPECT_EQ(told, 3);
}

TEST(Boosting, WrongInput) {
  const auto x = random_matrix(40, 4, 25);
  const std::vector<double> label(40, 1.0);
  const auto refused = [&](const FeatureMatrix& rows, std::vector<double> labels,
                           const BoostingOptions& options, std::vector<double> weight = {}) {
    return code_of([&] { fit_trees(rows, labels, weight, nullptr, {}, false, options, {}); }) ==
           ErrorCode::bad_input;
  };
  const auto l2 = small_options("l2");
  EXPECT_TRUE(refused({0, {{}}}, {}, l2));
  EXPECT_TRUE(refused({40, {{1}}}, label, l2));
  EXPECT_TRUE(refused(x, {1, 2}, l2));
  EXPECT_TRUE(refused(x, std::vector<double>(40, NAN), l2));
  EXPECT_TRUE(refused(x, std::vector<double>(40, 1e39), l2));
  EXPECT_TRUE(refused(x, std::vector<double>(40, 2), small_options("binary")));
  EXPECT_TRUE(refused(x, std::vector<double>(40, 3), small_options("multiclass")));
  EXPECT_TRUE(refused(x, std::vector<double>(40, 0.5), small_options("multiclass")));
  EXPECT_TRUE(refused(x, label, l2, {1}));
  EXPECT_TRUE(refused(x, label, l2, std::vector<double>(40, -1)));
  EXPECT_TRUE(refused(x, label, l2, std::vector<double>(40, 0)));
  EXPECT_TRUE(refused(x, label, small_options("gamma")));
  auto options = l2;
  options.leaves = 1;
  EXPECT_TRUE(refused(x, label, options));
  options = l2;
  options.feature_fraction = NAN;
  EXPECT_TRUE(refused(x, label, options));
  const auto val = random_matrix(40, 3, 26);
  const auto judge = [](const auto&) { return 0.0; };
  EXPECT_EQ(code_of([&] { fit_trees(x, label, {}, &val, judge, true, l2, {}); }),
            ErrorCode::bad_input);
  EXPECT_EQ(code_of([&] { fit_trees(x, label, {}, &x, {}, true, l2, {}); }), ErrorCode::bad_input);
}

}  // namespace
}  // namespace cenote
