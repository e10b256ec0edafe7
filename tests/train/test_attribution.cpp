// SPDX-License-Identifier: Apache-2.0
#include "train/attribution.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/training.h"

namespace cenote::toy {
namespace {

/// Midpoints of a network of ReLUs; what they miss is spread, so this bounds how much that is.
constexpr double kSpread = 0.02;

const Shop& shop() {
  static const Shop one(shop_store(30, 5, habits()));
  return one;
}

TrainedShop& trained(const std::string& model) {
  static std::map<std::string, std::unique_ptr<TrainedShop>> all;
  auto& one = all[model];
  if (!one) {
    one = std::make_unique<TrainedShop>(
        shop(), 2, 3, std::map<std::string, std::string>{{"sampling", "latest"}}, model);
    one->train(shop_seeds(shop(), 10, 60), shop_seeds(shop(), 65, 75));
  }
  return *one;
}

NetworkEffects explained(const std::string& model, const Seed& seed, int threads = 2) {
  TrainedShop& one = trained(model);
  ThreadPool pool(threads, [] { at::set_num_threads(1); });
  return Attribution(*one.network, one.context, {2.0, 1.5, 0.0, 100.0}, pool).explain(seed, 0);
}

double sum_of(const NetworkEffects& found) {
  double sum = found.start;
  for (const auto& row : found.rows) {
    for (const double amount : row.amount) sum += amount;
  }
  return sum;
}

TEST(Attribution, AddsUpToThePrediction) {
  for (const char* model : {"sage", "relgnn"}) {
    for (const int64_t customer : {0, 7, 29}) {
      const Seed seed = seed_at(customer, 80);
      const NetworkEffects found = explained(model, seed);
      EXPECT_NEAR(sum_of(found), found.end, 1e-9) << model;
      EXPECT_NEAR(found.end, trained(model).trainer.predict(std::span(&seed, 1), {})[0], 1e-5)
          << model;
      EXPECT_LE(std::abs(found.spread), kSpread * std::abs(found.end)) << model;
    }
  }
}

TEST(Attribution, NamesTheRowsAndTheWayToThem) {
  const NetworkEffects found = explained("sage", seed_at(7, 80));
  int orders = 0;
  for (const auto& row : found.rows) {
    EXPECT_EQ(row.amount.size(), shop().codes[row.table].columns.size());
    if (row.table == 1) {
      // An order of this customer, by the first link downwards.
      if (row.path.size() == 1) {
        EXPECT_EQ(row.path, std::vector<int32_t>{0});
        EXPECT_EQ(shop().graph.links[0].parent[row.row], 7);
        ++orders;
      }
      EXPECT_LE(shop().graph.store.tables[1].time[row.row], 80 * kMicrosPerDay);
    } else if (row.path.empty()) {
      EXPECT_EQ(row.row, 7);
    } else if (row.table == 2) {
      EXPECT_EQ(row.path, (std::vector<int32_t>{0, 3}));  // the product of an order
    }
  }
  EXPECT_GT(orders, 3);
}

TEST(Attribution, IsTheSameForAnyNumberOfThreads) {
  const NetworkEffects expected = explained("sage", seed_at(7, 80), 1);
  for (const int threads : {2, 3}) {
    const NetworkEffects found = explained("sage", seed_at(7, 80), threads);
    ASSERT_EQ(found.rows.size(), expected.rows.size());
    for (size_t i = 0; i < found.rows.size(); ++i)
      EXPECT_EQ(found.rows[i].amount, expected.rows[i].amount) << threads;
  }
}

TEST(Attribution, StopsWhenItIsTold) {
  TrainedShop& one = trained("sage");
  Attribution attribution(*one.network, one.context, {}, one.threads);
  EXPECT_THROW(attribution.explain(seed_at(7, 80), 0, [] { return true; }), Error);
}

}  // namespace
}  // namespace cenote::toy
