// SPDX-License-Identifier: Apache-2.0
// Laws of every model that recommends, on the toy shop, whose products come one a day.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/meetings.h"

namespace cenote {
namespace {

constexpr int64_t kCustomers = 20, kProducts = 36, kDay = 35;

std::vector<std::string> rankers() {
  std::vector<std::string> out;
  for (const auto& [model, entry] : model_registry()) {
    if (entry.make_ranker != nullptr) out.push_back(model);
  }
  return out;
}

/// Orders up to kDay are the same for every key.
std::vector<toy::OrderRow> orders(uint64_t key) {
  auto out = toy::random_orders(600, kCustomers, kProducts, kDay, 3);
  for (toy::OrderRow row : toy::random_orders(200, kCustomers, kProducts, 40, key)) {
    row.id += 1000;
    row.day += kDay + 2;
    out.push_back(row);
  }
  return out;
}

/// A shop, and a model with the options that suit so small a one.
struct Recommending {
  toy::Shop shop;
  ModelContext context;
  History history;
  std::unique_ptr<Ranker> model;

  Recommending(const std::string& name, int64_t products, uint64_t key)
      : shop(toy::shop_store(kCustomers, products, orders(key))),
        context(toy::link_context(shop, 5)),
        history(toy::history_of(toy::link_seeds(shop, 0, 60))),
        model(toy::make_ranker(name, context)) {}
  void fit() {
    toy::fit_ranker(*model, toy::link_seeds(shop, 0, 20), toy::link_seeds(shop, 20, 20), history);
  }
  Rankings ranked(const std::vector<Seed>& seeds) const {
    return toy::rank_with(*model, seeds, history, 40);
  }
};

std::vector<Seed> everyone(int64_t day) {
  std::vector<Seed> out;
  for (int64_t customer = 0; customer < kCustomers; ++customer)
    out.push_back(toy::seed_at(customer, day));
  return out;
}

class RankerLaw : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Models, RankerLaw, testing::ValuesIn(rankers()),
                         [](const auto& info) { return info.param; });

TEST_P(RankerLaw, LeakageLawWhatIsNotVisibleChangesNoBit) {
  Recommending before(GetParam(), kProducts, 7);
  before.fit();
  const Rankings expected = before.ranked(everyone(kDay));
  // Other orders from the next day on, nine products more.
  Recommending after(GetParam(), kProducts + 9, 8);
  after.model->load(before.model->save());
  const Rankings found = after.ranked(everyone(kDay));
  EXPECT_EQ(found.item, expected.item);
  EXPECT_EQ(found.score, expected.score);
  // It can fail: later, the others are seen.
  EXPECT_NE(after.ranked(everyone(90)).item, before.ranked(everyone(90)).item);
}

TEST_P(RankerLaw, OnlyWhatExistsAndNothingTwice) {
  Recommending one(GetParam(), kProducts, 7);
  one.fit();
  for (const int64_t day : {0, 10, 35}) {
    const Rankings found = one.ranked(everyone(day));
    for (int64_t s = 0; s < kCustomers; ++s) {
      std::vector<int64_t> items(found.item.begin() + s * 40, found.item.begin() + (s + 1) * 40);
      std::sort(items.begin(), items.end());
      // Product row p comes on day p: all that are there, and empty places.
      for (int64_t place = 0; place < 40; ++place)
        EXPECT_EQ(items[place], place < 39 - day ? -1 : place - (39 - day)) << day;
    }
  }
}

TEST_P(RankerLaw, BatchLawASeedAloneGivesTheSameBytes) {
  Recommending one(GetParam(), kProducts, 7);
  one.fit();
  std::vector<Seed> seeds = everyone(kDay);
  for (const Seed& seed : everyone(20)) seeds.push_back(seed);
  const Rankings all = one.ranked(seeds);
  for (const int64_t s : {0, 19, 25}) {
    const Rankings alone = one.ranked({seeds[s]});
    EXPECT_TRUE(std::equal(alone.item.begin(), alone.item.end(), all.item.begin() + s * 40)) << s;
    EXPECT_TRUE(std::equal(alone.score.begin(), alone.score.end(), all.score.begin() + s * 40))
        << s;
  }
}

TEST_P(RankerLaw, FitsWithoutAnyLabel) {
  Recommending one(GetParam(), kProducts, 7);
  toy::fit_ranker(*one.model, {}, {}, {});
  EXPECT_EQ(toy::rank_with(*one.model, everyone(10), {}, 3).item.size(), 3u * kCustomers);
}

}  // namespace
}  // namespace cenote
