// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "support/training.h"

namespace cenote {
namespace {

/// Customers with very different habits: customer c orders every (2 + c % 5) days.
toy::Shop habits() {
  std::vector<toy::OrderRow> orders;
  int64_t id = 0;
  for (int64_t customer = 1; customer <= 30; ++customer) {
    for (int64_t day = customer % 3; day < 100; day += 2 + customer % 5) {
      orders.push_back({++id, customer, 1 + id % 5, static_cast<double>(id % 9), day});
    }
  }
  return toy::Shop(toy::shop_store(30, 5, orders));
}

TEST(Sage, BeatsTheConstantOnTheToyShop) {
  const toy::Shop shop = habits();
  const SeedTable train = toy::shop_seeds(shop, 10, 60), val = toy::shop_seeds(shop, 65, 75),
                  test = toy::shop_seeds(shop, 80, 90);
  toy::TrainedShop model(shop, 2, 40, {{"sampling", "latest"}});
  model.train(train, val);
  const double error = toy::mean_error(model.trainer.predict(test.seeds, {}), test.label);
  auto sorted = train.label;
  std::sort(sorted.begin(), sorted.end());
  const double constant = toy::mean_error(
      std::vector<double>(test.label.size(), sorted[sorted.size() / 2]), test.label);
  EXPECT_LT(error, 0.7 * constant) << "constant " << constant;
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
  for (const double value : model.trainer.predict({toy::seed_at(0, 0), toy::seed_at(1, 0)}, {}))
    EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace cenote
