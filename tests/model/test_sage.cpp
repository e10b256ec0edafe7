// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "support/training.h"

namespace cenote {
namespace {

TEST(Sage, BeatsTheConstantOnTheToyShop) {
  const auto [error, constant] = toy::errors_on_habits("sage");
  EXPECT_LT(error, 0.7 * constant);
}

TEST(Sage, RefusesOptionsThatDoNotFit) {
  const toy::Shop shop(toy::shop_store(2, 1, {}));
  EXPECT_THROW(toy::TrainedShop(shop, 1, 1, {{"fanout", "8"}}), Error);
  EXPECT_THROW(toy::TrainedShop(shop, 1, 1, {{"fanout", "8,x"}}), Error);
  EXPECT_THROW(toy::TrainedShop(shop, 1, 1, {{"channels", "40"}}), Error);
  EXPECT_THROW(toy::TrainedShop(shop, 1, 1, {{"pool", "nonsense"}}), Error);
}

TEST(Sage, PredictsWithoutAnyVisibleRow) {
  const toy::Shop shop(toy::shop_store(2, 1, {}));
  toy::TrainedShop model(shop, 1, 1);
  for (const double value :
       model.trainer.predict(std::vector<Seed>{toy::seed_at(0, 0), toy::seed_at(1, 0)}, {}))
    EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace cenote
