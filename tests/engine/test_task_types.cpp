// SPDX-License-Identifier: Apache-2.0
// All task types from fit to predict, on a small generated shop.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"
#include "engine/f1_copies.h"
#include "engine/generated_shop.h"
#include "engine/model_file.h"
#include "model/model.h"

namespace cenote {
namespace {

class TaskTypes : public testing::Test {
 protected:
  /// Fits, evaluates and predicts with every model; `check` sees the predictions for all customers.
  void expect_road(const std::string& type,
                   const std::function<void(const PredictResult&, const std::string&)>& check) {
    for (const auto& [model, entry] : model_registry()) {
      if (!entry.answers(TaskType::regression)) continue;
      const TemporaryFolder folder("cenote-run");
      const auto run = folder.path() / "run";
      const FitResult fitted = fit(fit_options(shop_.path(), type, model, run));
      EXPECT_TRUE(std::isfinite(fitted.best_metric)) << model;
      EvaluateOptions options;
      options.run.run = run.string();
      options.run.threads = 2;
      const EvaluateResult result = evaluate(options);
      EXPECT_GT(result.rows, 50) << model;
      EXPECT_FALSE(result.metrics.empty()) << model;
      for (const auto& metric : result.metrics)
        EXPECT_FALSE(std::isinf(metric.value)) << model << " " << metric.name;
      const PredictResult all = predict_at(run, "", "");
      ASSERT_EQ(all.entity.size(), 60u);
      for (const double value : all.prediction) EXPECT_TRUE(std::isfinite(value)) << model;
      check(all, model);
      const PredictResult one = predict_at(run, "", "2021-01-29", {"c7"});
      EXPECT_EQ(one.entity, std::vector<std::string>{"c7"});
    }
  }

  static void expect_probabilities(const PredictResult& all, bool sum_to_one) {
    const size_t classes = all.classes.size();
    ASSERT_EQ(all.probabilities.size(), classes * all.entity.size());
    for (size_t i = 0; i < all.entity.size(); ++i) {
      double sum = 0;
      for (size_t c = 0; c < classes; ++c) {
        const double p = all.probabilities[i * classes + c];
        EXPECT_TRUE(p >= 0 && p <= 1) << p;
        sum += p;
      }
      if (sum_to_one) {
        EXPECT_NEAR(sum, 1, 1e-5);
      }
    }
  }

  GeneratedShop shop_;
};

TEST_F(TaskTypes, Regression) {
  shop_.add_forecast("regression", "sum(amount)");
  expect_road("regression", [](const PredictResult& all, const std::string&) {
    EXPECT_TRUE(all.classes.empty());
  });
}

TEST_F(TaskTypes, Binary) {
  shop_.add_forecast("binary_classification", "CAST(sum(amount) > 400 AS INTEGER)");
  expect_road("binary_classification", [](const PredictResult& all, const std::string& model) {
    for (const double p : all.prediction) EXPECT_TRUE(p >= 0 && p <= 1) << model << " " << p;
  });
}

TEST_F(TaskTypes, MulticlassWithAClassThatOnlyTestHas) {
  shop_.add_forecast("multiclass_classification", "arg_max(colour, placed)");
  expect_road("multiclass_classification", [](const PredictResult& all, const std::string& model) {
    EXPECT_EQ(all.classes, (std::vector<std::string>{"blue", "green", "red"})) << model;
    expect_probabilities(all, true);
    for (const double c : all.prediction) EXPECT_TRUE(c == 0 || c == 1 || c == 2) << model;
  });
}

TEST_F(TaskTypes, TheTopOfClassesAreTheSurest) {
  const std::string type = "multiclass_classification";
  shop_.add_forecast(type, "mode(colour)");
  const TemporaryFolder folder("cenote-run");
  PredictOptions options;
  options.run.run = (folder.path() / "run").string();
  fit(fit_options(shop_.path(), type, "boost", options.run.run));
  const auto surest = [](const PredictResult& p, size_t i) {
    const auto row = p.probabilities.begin() + static_cast<int64_t>(i * p.classes.size());
    return *std::max_element(row, row + static_cast<int64_t>(p.classes.size()));
  };
  const PredictResult all = predict(options);
  double most = 0;
  for (size_t i = 0; i < all.entity.size(); ++i) most = std::max(most, surest(all, i));
  options.top = 20;
  const PredictResult top = predict(options);
  ASSERT_EQ(top.entity.size(), 20u);
  EXPECT_EQ(surest(top, 0), most);
  for (size_t i = 1; i < 20; ++i) EXPECT_GE(surest(top, i - 1), surest(top, i));
}

TEST_F(TaskTypes, TimesThatAreGivenWinOverTheTasksOwn) {
  shop_.add_forecast("regression", "sum(amount)");
  const std::string file = shop_.path() + "/tasks/regression/manifest.yaml";
  write_file_atomically(
      file, "val_timestamp: 2021-01-20\ntest_timestamp: 2021-01-28\n" + read_file(file));
  const TemporaryFolder folder("cenote-run");
  FitOptions options =
      fit_options(shop_.path(), "regression", "constant", (folder.path() / "run").string());
  fit(options);
  const auto trained = [&] { return read_model(folder.path() / "run" / "model.safetensors").task; };
  EXPECT_EQ(trained().val_timestamp, parse_time("2021-01-20"));
  options.source.val_timestamp = "2021-01-21";
  options.source.test_timestamp = "2021-01-29";
  fit(options);
  EXPECT_EQ(trained().val_timestamp, parse_time("2021-01-21"));
  EXPECT_EQ(trained().test_timestamp, parse_time("2021-01-29"));
  options.source.val_timestamp = "";
  options.source.test_timestamp = "2021-01-19";
  EXPECT_THROW(fit(options), Error);
}

TEST_F(TaskTypes, MultilabelFromFiles) {
  shop_.add_multilabel();
  expect_road("multilabel_classification", [](const PredictResult& all, const std::string& model) {
    EXPECT_EQ(all.classes.size(), 3u) << model;
    expect_probabilities(all, false);
  });
}

}  // namespace
}  // namespace cenote
