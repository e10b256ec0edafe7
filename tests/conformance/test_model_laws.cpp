// SPDX-License-Identifier: Apache-2.0
// Laws of every network and of the trainer, on the toy shop.
#include <gtest/gtest.h>

#include <cmath>

#include "base/files.h"
#include "pool/pool.h"
#include "support/training.h"

namespace cenote {
namespace {

constexpr int64_t kCustomers = 40, kProducts = 12, kDays = 90;

std::vector<toy::OrderRow> orders() {
  return toy::random_orders(1500, kCustomers, kProducts, kDays, 9);
}

/// A network and the one option that it does not have as TrainedShop sets it.
struct NetworkCase {
  std::string model, option, value;
};

class NetworkLaw : public ::testing::TestWithParam<NetworkCase> {
 protected:
  static toy::TrainedShop make(const toy::Shop& shop, int threads, int64_t epochs) {
    const auto& [model, option, value] = GetParam();
    return toy::TrainedShop(shop, threads, epochs, {{option, value}}, model);
  }
};

/// Of every network: the other way to sample, residuals, two layers, fewer joins, a table as edges; of sage every pool
/// that can join the rows of a foreign key, of the others two.
std::vector<NetworkCase> networks() {
  std::vector<NetworkCase> out;
  for (const auto& [model, entry] : model_registry()) {
    if (entry.make_network == nullptr || entry.recommends) continue;
    out.push_back({model, "sampling", "latest"});
    out.push_back({model, "residual", "true"});
    out.push_back({model, "layers", "2"});
    out.push_back({model, "joins", "orders.customer"});
    if (entry.takes_edges) out.push_back({model, "joins", "orders as edge"});
    for (const auto& [name, pool] : pool_registry()) {
      const bool tried = model == "sage" || name == "max" || name == "attention";
      if (tried && joins_rows(pool.traits)) out.push_back({model, "pool", name});
    }
  }
  return out;
}

std::string name_of(const testing::TestParamInfo<NetworkCase>& info) {
  const NetworkCase& network = info.param;
  if (network.value.ends_with("as edge")) return network.model + "_edge";
  return network.model + "_" + (network.option == "pool" ? network.value : network.option);
}

INSTANTIATE_TEST_SUITE_P(Networks, NetworkLaw, ::testing::ValuesIn(networks()), name_of);

TEST_P(NetworkLaw, BatchLawASeedAloneGivesTheSameBytes) {
  const toy::Shop shop(toy::shop_store(kCustomers, kProducts, orders()));
  toy::TrainedShop model = make(shop, 2, 1);
  const SeedTable seeds = toy::shop_seeds(shop, 20, 80);
  const auto all = model.trainer.predict(seeds.seeds, {});
  for (const int64_t s : {0L, 63L, 64L, 300L, seeds.size() - 1}) {
    EXPECT_EQ(model.trainer.predict(std::span(&seeds.seeds[s], 1), {})[0], all[s]) << s;
  }
  std::vector<Seed> reversed(seeds.seeds.rbegin(), seeds.seeds.rend());
  auto backwards = model.trainer.predict(reversed, {});
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(backwards, all);
}

TEST_P(NetworkLaw, LeakageLawRowsThatAreNotVisibleChangeNoBit) {
  const int64_t day = 40;
  const toy::Shop before(toy::shop_store(kCustomers, kProducts, orders()), day);
  const auto changed = [&](const std::string& how) {
    auto rows = orders();
    if (how == "delete")
      std::erase_if(rows, [&](const toy::OrderRow& row) { return row.day > day; });
    for (auto& row : rows) {
      if (row.day <= day && row.day >= 0) continue;
      if (how == "overwrite")
        row = {row.id, 1 + row.id % kCustomers, 1 + row.id % kProducts, 1e6, row.day};
      if (how == "shuffle") row.customer = 1 + (row.customer * 7 + 3) % kCustomers;
    }
    if (how == "insert") {
      for (int64_t i = 0; i < 500; ++i)
        rows.push_back({10000 + i, 1 + i % kCustomers, 1 + i % kProducts, -5.0, day + 1 + i % 9});
    }
    return rows;
  };
  std::vector<Seed> seeds;
  for (int64_t customer = 0; customer < kCustomers; ++customer)
    seeds.push_back(toy::seed_at(customer, day));
  toy::TrainedShop reference = make(before, 2, 1);
  const auto expected = reference.trainer.predict(seeds, {});
  for (const std::string how : {"delete", "overwrite", "shuffle", "insert"}) {
    const toy::Shop after(toy::shop_store(kCustomers, kProducts, changed(how)), day);
    toy::TrainedShop other = make(after, 2, 1);
    EXPECT_EQ(other.trainer.predict(seeds, {}), expected) << how;
  }
  // The law can fail: a change that is visible does change predictions. (Rows vanish, since a pool
  // that counts does not see what is in them.)
  auto visible = orders();
  std::erase_if(visible, [&](const toy::OrderRow& row) { return row.day <= day; });
  const toy::Shop after(toy::shop_store(kCustomers, kProducts, visible), day);
  toy::TrainedShop other = make(after, 2, 1);
  EXPECT_NE(other.trainer.predict(seeds, {}), expected);
}

TEST_P(NetworkLaw, WeightsAreTheSameBytesForAnyNumberOfThreads) {
  const toy::Shop shop(toy::shop_store(kCustomers, kProducts, orders()));
  const SeedTable train = toy::shop_seeds(shop, 10, 50), val = toy::shop_seeds(shop, 55, 60);
  std::string expected;
  for (const int threads : {1, 2, 3, 4}) {
    toy::TrainedShop model = make(shop, threads, 2);
    model.train(train, val);
    if (threads == 1) expected = model.bytes();
    EXPECT_TRUE(model.bytes() == expected) << threads << " threads";
  }
  toy::TrainedShop untrained = make(shop, 1, 2);
  EXPECT_FALSE(untrained.bytes() == expected);
}

TEST(TrainerLaw, InterruptedAndResumedIsTheSameAsStraight) {
  const toy::Shop shop(toy::shop_store(kCustomers, kProducts, orders()));
  const SeedTable train = toy::shop_seeds(shop, 10, 50), val = toy::shop_seeds(shop, 55, 60);
  toy::TrainedShop straight(shop, 2, 4);
  straight.train(train, val);
  const TemporaryFolder folder;
  const std::string checkpoint = (folder.path() / "checkpoint.safetensors").string();
  int64_t asked = 0;
  Hooks hooks;
  hooks.cancelled = [&] { return ++asked > 11; };
  toy::TrainedShop first(shop, 2, 4);
  EXPECT_THROW(first.train(train, val, checkpoint, false, hooks), Error);
  toy::TrainedShop second(shop, 1, 4);
  second.train(train, val, checkpoint, true);
  EXPECT_TRUE(second.bytes() == straight.bytes());
}

TEST(TrainerLaw, LaterRowsDoNotChangeWeightsWithAFixedNumberOfEpochs) {
  const int64_t last = 50;
  const toy::Shop before(toy::shop_store(kCustomers, kProducts, orders()), last);
  auto rows = orders();
  for (auto& row : rows) {
    if (row.day > last + 10) row = {row.id, 1, 1, -100.0, row.day};
  }
  const toy::Shop after(toy::shop_store(kCustomers, kProducts, rows), last);
  SeedTable nobody;
  std::vector<std::string> bytes;
  for (const toy::Shop* shop : {&before, &after}) {
    toy::TrainedShop model(*shop, 2, 2);
    SeedTable train = toy::shop_seeds(*shop, 10, last);
    model.train(train, nobody);
    bytes.push_back(model.bytes());
  }
  EXPECT_TRUE(bytes[0] == bytes[1]);
}

}  // namespace
}  // namespace cenote
