// SPDX-License-Identifier: Apache-2.0
// Trees on pooled features. Laws of time, threads and batches hold over all models: tests/engine.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cenote/error.h"
#include "support/toy.h"

namespace cenote {
namespace {

Options small_options() {
  Options options(model_registry().at("boost").info.options);
  for (const auto& [name, value] :
       {std::pair{"rounds", "60"}, {"bags", "1"}, {"min_rows", "5"}, {"patience", "20"}})
    options.set("model boost", name, value);
  return options;
}

/// Seeds of a random shop whose label is the number of orders in all known time.
SeedTable counted(const toy::Shop& shop, int64_t day) {
  SeedTable out;
  const GraphLink& link = shop.graph.links[0];
  for (int64_t row = 0; row < shop.graph.store.tables[0].rows; ++row) {
    out.seeds.push_back(toy::seed_at(row, day));
    out.label.push_back(static_cast<double>(visible_children(link, row, out.seeds.back().cut)));
  }
  return out;
}

toy::Shop random_shop() {
  return toy::Shop(toy::shop_store(300, 20, toy::random_orders(3000, 300, 20, 100, 1)));
}

TEST(Boost, LearnsACount) {
  const toy::Shop shop = random_shop();
  const auto model = model_registry().at("boost").make_estimator(small_options(), shop.context());
  const SeedTable train = counted(shop, 40), val = counted(shop, 70), test = counted(shop, 90);
  toy::fit_estimator(*model, train, val);
  const auto prediction = toy::predict_with(*model, test.seeds);
  double error = 0, plain = 0, mean = 0;
  for (const double label : train.label) mean += label / static_cast<double>(train.size());
  for (int64_t i = 0; i < test.size(); ++i) {
    error += std::abs(prediction[i] - std::min(test.label[i], 8.0));
    plain += std::abs(mean - std::min(test.label[i], 8.0));
  }
  EXPECT_LT(error, plain / 2);

  // What is loaded predicts the same.
  const auto other = model_registry().at("boost").make_estimator(small_options(), shop.context());
  other->load(nlohmann::json::parse(model->save().dump()));
  EXPECT_EQ(toy::predict_with(*other, test.seeds), prediction);
  EXPECT_EQ(other->save(), model->save());
}

TEST(Boost, WithoutAnythingToLearnFromIsTheConstant) {
  const toy::Shop shop(toy::shop_store(3, 1, {}));
  const auto model = model_registry().at("boost").make_estimator(small_options(), shop.context());
  SeedTable train;
  train.seeds = {toy::seed_at(0, 1), toy::seed_at(0, 1), toy::seed_at(0, 1)};
  train.label = {1, 2, 9};
  toy::fit_estimator(*model, train);
  EXPECT_EQ(toy::predict_with(*model, train.seeds), (std::vector<double>{2, 2, 2}));
}

TEST(Boost, RefusesDamagedStates) {
  const toy::Shop shop = random_shop();
  const auto model = model_registry().at("boost").make_estimator(small_options(), shop.context());
  toy::fit_estimator(*model, counted(shop, 40));
  const nlohmann::json state = model->save();
  const auto refused = [&](const nlohmann::json& damaged) {
    try {
      model_registry().at("boost").make_estimator(small_options(), shop.context())->load(damaged);
    } catch (const Error& error) {
      return error.code() == ErrorCode::bad_input;
    }
    return false;
  };
  EXPECT_FALSE(refused(state));
  for (const auto& [name, value] : state.items()) {
    nlohmann::json damaged = state;
    damaged.erase(name);
    EXPECT_TRUE(refused(damaged)) << name;
    damaged[name] = "text";
    EXPECT_TRUE(refused(damaged)) << name;
  }
  for (const auto& [name, value] : state.at("features").at(0).items()) {
    nlohmann::json damaged = state;
    damaged["features"][0].erase(name);
    EXPECT_TRUE(refused(damaged)) << name;
  }
  nlohmann::json damaged = state;
  damaged["features"].erase(0);  // the trees have more features than there are
  EXPECT_TRUE(refused(damaged));
  damaged = state;
  damaged["features"][0]["anchor"] = {"orders.nobody^"};
  EXPECT_TRUE(refused(damaged));
}

}  // namespace
}  // namespace cenote
