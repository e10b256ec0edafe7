// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/toy.h"

namespace cenote {
namespace {

TEST(EntityMean, OnlyClosedWindowsCount) {
  const toy::Shop shop(toy::shop_store(3, 1, {}));
  const auto model = model_registry()
                         .at("entity_mean")
                         .make_estimator(Options(), shop.context());  // horizon 10 days
  SeedTable train;
  train.label = {4, 8};
  train.seeds = {toy::seed_at(0, 0), toy::seed_at(1, 0)};
  toy::fit_estimator(*model, train);
  History history;
  const auto add = [&](int64_t row, int64_t day, double label) {
    history.row.push_back(row);
    history.time.push_back(day * kMicrosPerDay);
    history.label.push_back(label);
  };
  add(0, 0, 2);     // known from day 10
  add(0, 10, 6);    // known from day 20
  add(0, 15, 100);  // known from day 25
  const auto at = [&](int64_t row, int64_t day) {
    const std::vector<Seed> one = {toy::seed_at(row, day)};
    return toy::predict_with(*model, one, history)[0];
  };
  EXPECT_EQ(at(0, 9), 6);  // nothing closed: the median of the training labels
  EXPECT_EQ(at(0, 10), 2);
  EXPECT_EQ(at(0, 24), 4);
  EXPECT_EQ(at(0, 25), 36);
  EXPECT_EQ(at(2, 30), 6);  // an unseen entity
}

TEST(EntityMean, AFrozenCutClosesNothingLater) {
  const toy::Shop shop(toy::shop_store(3, 1, {}));
  const auto model = model_registry().at("entity_mean").make_estimator(Options(), shop.context());
  model->load(nlohmann::json{{"fallback", {1.0}}});
  const History history{{0}, {0}, {9.0}, 1};
  Seed seed = toy::seed_at(0, 100);
  seed.cut = 5 * kMicrosPerDay;
  const std::vector<Seed> one = {seed};
  EXPECT_EQ(toy::predict_with(*model, one, history)[0], 1.0);
  EXPECT_THROW(model->load(nlohmann::json{{"fallback", {1.0, 2.0}}}), Error);
}

TEST(EntityMean, AClassNewerThanTheModelIsNoEvidence) {
  const toy::Shop shop(toy::shop_store(3, 1, {}));
  ModelContext context = shop.context(TaskType::multiclass_classification);
  context.outputs = 2;
  const auto model = model_registry().at("entity_mean").make_estimator(Options(), context);
  model->load(nlohmann::json{{"fallback", {0.5, 0.5}}});
  const History history{{0, 0, 0}, {0, 0, 0}, {1.0, -1.0, 2.0}, 1};
  const std::vector<Seed> one = {toy::seed_at(0, 30)};
  EXPECT_EQ(toy::predict_with(*model, one, history), (std::vector<double>{0, 1}));
}

}  // namespace
}  // namespace cenote
