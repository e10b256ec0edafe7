// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/toy.h"

namespace cenote {
namespace {

std::vector<double> fitted(TaskType type, int64_t outputs, const std::vector<double>& labels) {
  const toy::Shop shop(toy::shop_store(2, 1, {}));
  ModelContext context = {shop.graph, shop.codes, 0, type, 0, outputs, 0};
  const auto model = model_registry().at("constant").make_estimator(Options(), context);
  SeedTable train;
  train.label = labels;
  train.seeds.resize(labels.size());
  toy::fit_estimator(*model, train);
  const auto other = model_registry().at("constant").make_estimator(Options(), context);
  other->load(model->save());
  const std::vector<Seed> one(1);
  EXPECT_EQ(toy::predict_with(*model, one), toy::predict_with(*other, one));
  return toy::predict_with(*model, one);
}

TEST(Constant, MedianAndShares) {
  EXPECT_EQ(fitted(TaskType::regression, 1, {5, 1, 2, 10}), (std::vector<double>{3.5}));
  EXPECT_EQ(fitted(TaskType::binary_classification, 1, {1, 0, 0, 1, 1}),
            (std::vector<double>{0.6}));
  EXPECT_EQ(fitted(TaskType::multiclass_classification, 3, {0, 2, 2, 2}),
            (std::vector<double>{0.25, 0, 0.75}));
}

TEST(Constant, NoLabelsGiveZeroAndADamagedStateIsRefused) {
  EXPECT_EQ(fitted(TaskType::regression, 1, {}), (std::vector<double>{0}));
  const toy::Shop shop(toy::shop_store(2, 1, {}));
  const auto model = model_registry().at("constant").make_estimator(Options(), shop.context());
  EXPECT_THROW(model->load(nlohmann::json{{"value", {1, 2}}}), Error);
  EXPECT_THROW(model->load(nlohmann::json{{"value", "x"}}), Error);
}

}  // namespace
}  // namespace cenote
