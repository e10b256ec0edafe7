// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "support/training.h"

namespace cenote {
namespace {

TEST(RelGnn, BeatsTheConstantOnTheToyShop) {
  const auto [error, constant] = toy::errors_on_habits("relgnn");
  EXPECT_LT(error, 0.7 * constant);
}

TEST(RelGnn, OneLayerSeesTheOtherParentsOfTheChildren) {
  auto other = toy::habits();
  for (auto& order : other) order.product = 1 + order.product % 5;
  const toy::Shop shop(toy::shop_store(30, 5, toy::habits())), moved(toy::shop_store(30, 5, other));
  const auto predict = [&](const toy::Shop& shop, const std::string& model,
                           const std::string& fanout) {
    return toy::TrainedShop(shop, 1, 1, {{"layers", "1"}, {"fanout", fanout}}, model)
        .trainer.predict(std::vector<Seed>{toy::seed_at(0, 40)}, {});
  };
  EXPECT_NE(predict(shop, "relgnn", "8,4"), predict(moved, "relgnn", "8,4"));
  EXPECT_EQ(predict(shop, "relgnn", "8"), predict(moved, "relgnn", "8"));  // beyond the last hop
  EXPECT_EQ(predict(shop, "sage", "8"), predict(moved, "sage", "8"));
}

TEST(RelGnn, RefusesOptionsThatDoNotFit) {
  const toy::Shop shop(toy::shop_store(2, 1, {}));
  const auto make = [&](const std::string& name, const std::string& value) {
    toy::TrainedShop(shop, 1, 1, {{name, value}}, "relgnn");
  };
  EXPECT_NO_THROW(make("fanout", "8"));
  EXPECT_NO_THROW(make("fanout", "8,4,2,2"));
  EXPECT_THROW(make("fanout", "8,x"), Error);
  EXPECT_THROW(make("fanout", "1,1,1,1,1,1,1,1,1"), Error);
  EXPECT_THROW(make("channels", "40"), Error);
  EXPECT_THROW(make("pool", "nonsense"), Error);
}

TEST(RelGnn, PredictsWithoutAnyVisibleRow) {
  const toy::Shop shop(toy::shop_store(2, 1, {}));
  toy::TrainedShop model(shop, 1, 1, {}, "relgnn");
  for (const double value :
       model.trainer.predict(std::vector<Seed>{toy::seed_at(0, 0), toy::seed_at(1, 0)}, {}))
    EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace cenote
