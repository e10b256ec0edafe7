// SPDX-License-Identifier: Apache-2.0
// All task types from fit to predict, on a small generated shop.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/f1_copies.h"
#include "model/model.h"

namespace cenote {
namespace {

/// 60 customers, 40 days of orders; validation from day 24, test from day 32; tasks over the next 4 days.
class GeneratedShop {
 public:
  GeneratedShop() : duck_({}, {{"threads", "1"}}) {
    write_file_atomically(folder_.path() / "manifest.yaml",
                          "name: generated\nval_timestamp: 2021-01-25\ntest_timestamp: 2021-02-02\ntables:\n"
                          "  customers: {pkey: name, time_col: null, fkeys: {}}\n"
                          "  orders: {pkey: id, time_col: placed, fkeys: {customer: customers}}\n");
    std::filesystem::create_directories(folder_.path() / "db");
    duck_.execute("CREATE TABLE customers AS SELECT 'c' || i AS name, i % 3 AS kind FROM range(60) t(i)");
    duck_.execute("CREATE TABLE orders AS SELECT i AS id, 'c' || hash(i) % 60 AS customer, TIMESTAMP '2021-01-01' + "
                  "INTERVAL (hash(i, 1) % 960) HOUR AS placed, round((hash(i, 2) % 1000) / 10.0, 1) + 50 * (hash(i) % 3) AS amount, "
                  "['red', 'green', 'blue'][1 + hash(i, 3) % 3] AS colour FROM range(3000) t(i)");
    // A colour that nobody saw before the test time.
    duck_.execute("UPDATE orders SET colour = 'ultraviolet' WHERE placed > TIMESTAMP '2021-02-03' AND id % 9 = 0");
    for (const char* table : {"customers", "orders"}) {
      duck_.execute(fmt::format("COPY {} TO '{}'", table, (folder_.path() / "db" / table).string() + ".parquet"));
    }
  }

  void add_forecast(const std::string& type, const std::string& value) const {
    add(type, fmt::format("name: {0}\nkind: forecast\ntask_type: {0}\nentity_table: customers\nentity_col: customer\n"
                          "target_col: y\ntime_col: at\ntimedelta: 4 days\nnum_eval_timestamps: 2\nsql: |-\n"
                          "  SELECT t.timestamp AS at, customer, {1} AS y FROM timestamps t JOIN orders o ON o.placed > "
                          "t.timestamp AND o.placed <= t.timestamp + INTERVAL '{{timedelta}}' GROUP BY ALL\n",
                          type, value));
  }

  /// External labels in files: which colours a customer orders in the next four days.
  void add_multilabel() const {
    const std::string type = "multilabel_classification";
    add(type, fmt::format("name: {0}\nkind: external\ntask_type: {0}\nentity_table: customers\nentity_col: customer\n"
                          "target_col: y\ntime_col: at\ntimedelta: 4 days\n", type));
    const std::pair<const char*, const char*> splits[] = {
        {"train", "range(TIMESTAMP '2021-01-05', TIMESTAMP '2021-01-22', INTERVAL 4 DAY)"},
        {"val", "range(TIMESTAMP '2021-01-25', TIMESTAMP '2021-01-30', INTERVAL 4 DAY)"},
        {"test", "range(TIMESTAMP '2021-02-02', TIMESTAMP '2021-02-04', INTERVAL 4 DAY)"}};
    for (const auto& [split, times] : splits) {
      duck_.execute(fmt::format(
          "COPY (SELECT at, customer, [CAST(bool_or(colour = 'red') AS INTEGER), CAST(bool_or(colour = 'green') AS INTEGER), "
          "CAST(bool_or(colour = 'blue') AS INTEGER)] AS y FROM (SELECT unnest({}) AS at) t JOIN orders o ON o.placed > t.at AND "
          "o.placed <= t.at + INTERVAL 4 DAY GROUP BY ALL) TO '{}'",
          times, (folder_.path() / "tasks" / type / split).string() + ".parquet"));
    }
  }

  std::string path() const { return folder_.path().string(); }

 private:
  void add(const std::string& name, const std::string& manifest) const {
    std::filesystem::create_directories(folder_.path() / "tasks" / name);
    write_file_atomically(folder_.path() / "tasks" / name / "manifest.yaml", manifest);
  }

  TemporaryFolder folder_{"cenote-shop"};
  DuckDatabase duck_;
};

class TaskTypes : public testing::Test {
 protected:
  /// Fits, evaluates and predicts with every model; `check` sees the predictions for all customers.
  void expect_road(const std::string& type, const std::function<void(const PredictResult&, const std::string&)>& check) {
    for (const auto& [model, entry] : model_registry()) {
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
      for (const auto& metric : result.metrics) EXPECT_FALSE(std::isinf(metric.value)) << model << " " << metric.name;
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
      if (sum_to_one) EXPECT_NEAR(sum, 1, 1e-5);
    }
  }

  GeneratedShop shop_;
};

TEST_F(TaskTypes, Regression) {
  shop_.add_forecast("regression", "sum(amount)");
  expect_road("regression", [](const PredictResult& all, const std::string&) { EXPECT_TRUE(all.classes.empty()); });
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

TEST_F(TaskTypes, MultilabelFromFiles) {
  shop_.add_multilabel();
  expect_road("multilabel_classification", [](const PredictResult& all, const std::string& model) {
    EXPECT_EQ(all.classes.size(), 3u) << model;
    expect_probabilities(all, false);
  });
}

}  // namespace
}  // namespace cenote
