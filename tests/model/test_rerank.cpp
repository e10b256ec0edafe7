// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "model/detail/pair_features.h"
#include "support/meetings.h"

namespace cenote {
namespace {

constexpr int64_t kCustomers = 60, kProducts = 30;

/// Customer c is of group c % 3, whose products are p % 3 == c % 3, and orders a new one of them every five days:
/// neither popularity nor the own past says which, but the group does.
std::vector<toy::OrderRow> groups() {
  std::vector<toy::OrderRow> orders;
  int64_t id = 0;
  for (int64_t customer = 1; customer <= kCustomers; ++customer) {
    for (int64_t day = 31; day < 130; day += 5) {
      const int64_t step = (day / 5 * 7 + customer * 11) % 10;
      orders.push_back({++id, customer, 1 + (customer % 3) + 3 * step, 1.0, day});
    }
  }
  return orders;
}

struct Fitted {
  toy::Shop shop{toy::shop_store(kCustomers, kProducts, groups())};
  ModelContext context = toy::link_context(shop);
  SeedTable train = toy::link_seeds(shop, 30, 80), val = toy::link_seeds(shop, 90, 90),
            test = toy::link_seeds(shop, 100, 110);
  History history;
  std::unique_ptr<Ranker> model;

  explicit Fitted(int threads = 2, const std::map<std::string, std::string>& set = {}) {
    history = toy::history_of(toy::link_seeds(shop, 30, 110));
    std::map<std::string, std::string> all{{"rounds", "30"}, {"bags", "2"}, {"min_rows", "20"}};
    for (const auto& [name, value] : set) all[name] = value;
    model = toy::make_ranker("rerank", context, all);
    toy::fit_ranker(*model, train, val, history, threads);
  }
  std::vector<double> ranked(std::span<const Seed> seeds, int64_t top = 3) const {
    const Rankings found = toy::rank_with(*model, seeds, history, top);
    return {found.item.begin(), found.item.end()};
  }
};

const Fitted& fitted() {
  static const Fitted one;
  return one;
}

TEST(Rerank, BeatsWhatIsPopularAndTheOwnPast) {
  const Fitted& f = fitted();
  const double learned = toy::right_share(f.ranked(f.test.seeds), f.test);
  for (const char* simple : {"popularity", "repeat"}) {
    const auto model = toy::make_ranker(simple, f.context);
    toy::fit_ranker(*model, f.train, f.val, f.history);
    const Rankings found = toy::rank_with(*model, f.test.seeds, f.history, 3);
    const std::vector<double> items(found.item.begin(), found.item.end());
    EXPECT_GT(learned, toy::right_share(items, f.test) + 0.03) << simple;
  }
  EXPECT_FALSE(f.model->used_features().empty());
}

TEST(Rerank, TheSameBytesOnAnyNumberOfThreads) {
  const std::string expected = fitted().model->save().dump();
  for (const int threads : {1, 3}) EXPECT_EQ(Fitted(threads).model->save().dump(), expected);
  EXPECT_NE(Fitted(2, {{"negatives", "5"}}).model->save().dump(), expected);
  const Rankings one = toy::rank_with(*fitted().model, fitted().test.seeds, fitted().history, 4, 1),
                 four =
                     toy::rank_with(*fitted().model, fitted().test.seeds, fitted().history, 4, 4);
  EXPECT_EQ(one.item, four.item);
  EXPECT_EQ(one.score, four.score);
}

TEST(Rerank, ASeedAloneIsRankedAsAmongAll) {
  const Fitted& f = fitted();
  const std::vector<double> all = f.ranked(f.test.seeds);
  for (const int64_t s : {int64_t{0}, int64_t{17}, f.test.size() - 1}) {
    const std::vector<double> alone = f.ranked(std::span(&f.test.seeds[s], 1));
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), all.begin() + 3 * s)) << s;
  }
}

TEST(Rerank, EachItemOnceTheBestFirstAndOnlyWhatExists) {
  const Fitted& f = fitted();
  // Product p comes on day p: half of them are there.
  const std::vector<Seed> seeds{toy::seed_at(4, 14), toy::seed_at(5, 100)};
  const Rankings found = toy::rank_with(*f.model, seeds, f.history, 40);
  for (int64_t s = 0; s < 2; ++s) {
    std::set<int64_t> items;
    for (int64_t place = 0; place < 40; ++place) {
      const int64_t item = found.item[s * 40 + place];
      if (item < 0) continue;
      EXPECT_TRUE(items.insert(item).second) << item;
      EXPECT_LE(f.shop.graph.store.tables[2].time[item], seeds[s].cut);
      if (place > 0) {
        EXPECT_LE(found.score[s * 40 + place], found.score[s * 40 + place - 1]);
      }
    }
    EXPECT_EQ(items.size(), s == 0 ? 15u : 30u);
  }
}

TEST(Rerank, IsSavedAndChecked) {
  const Fitted& f = fitted();
  const auto again = toy::make_ranker("rerank", f.context);
  again->load(f.model->save());
  EXPECT_EQ(again->save(), f.model->save());
  const Rankings found = toy::rank_with(*again, f.test.seeds, f.history, 3);
  EXPECT_EQ(std::vector<double>(found.item.begin(), found.item.end()), f.ranked(f.test.seeds));
  nlohmann::json state = f.model->save();
  state["features"].erase(0);
  EXPECT_THROW(again->load(state), Error);
  EXPECT_THROW(again->load(nlohmann::json::object()), Error);
}

TEST(Rerank, WithoutAHitInTrainingItIsStillAList) {
  toy::Shop shop(toy::shop_store(3, 5, {}));
  const ModelContext context = toy::link_context(shop);
  const auto model = toy::make_ranker("rerank", context);
  toy::fit_ranker(*model, {}, {}, {});
  EXPECT_EQ(toy::rank_with(*model, std::vector<Seed>{toy::seed_at(0, 30)}, {}, 2).item.size(), 2u);
  EXPECT_TRUE(toy::rank_with(*model, {}, {}, 2).item.empty());
}

TEST(PairFeatures, ByHand) {
  // Customer row 0 orders product row 1 on days 1 and 12, row 2 on day 19; customer row 1 orders row 1 on day 15,
  // and, too late to be seen, row 0 on day 21.
  toy::Shop shop(toy::shop_store(
      2, 4,
      {{1, 1, 2, 5, 1}, {2, 1, 2, 5, 12}, {3, 1, 3, 5, 19}, {4, 2, 2, 5, 15}, {5, 2, 1, 5, 21}}));
  const ModelContext context = toy::link_context(shop);
  const std::vector<Interactions> meetings = row_interactions(context, 3);
  ASSERT_EQ(meetings.size(), 1u);
  EXPECT_EQ(meetings[0].name(), "orders.customer, orders.product");
  const PairFeatures features(context, meetings);
  const auto names = PairFeatures::names(context, row_interaction_names(context, 3));
  ASSERT_EQ(names.size(), features.size());
  FeatureMatrix x;
  x.rows = 2;
  x.columns.assign(features.size(), std::vector<float>(2));
  features.compute(toy::seed_at(0, 20), std::vector<Candidate>{{0, 0.5}, {1, 0.25}}, 0, x);
  const auto value = [&](const std::string& name, int64_t pair) {
    for (size_t f = 0; f < names.size(); ++f) {
      if (names[f] == name) return static_cast<double>(x.columns[f][pair]);
    }
    ADD_FAILURE() << name;
    return 0.0;
  };
  const std::string of = " (orders.customer, orders.product)";
  EXPECT_EQ(value("meetings of the two" + of, 0), 0);
  EXPECT_EQ(value("meetings of the two" + of, 1), 2);
  EXPECT_EQ(value("meetings of the two in the last span" + of, 1), 1);
  EXPECT_EQ(value("meetings of the two in the span before" + of, 1), 1);
  EXPECT_FLOAT_EQ(value("age of their last meeting" + of, 1), 0.8f);
  EXPECT_FLOAT_EQ(value("age of their first meeting" + of, 1), 1.9f);
  EXPECT_TRUE(std::isnan(value("age of their last meeting" + of, 0)));
  EXPECT_FLOAT_EQ(value("share of the entity's meetings" + of, 1), 2.0f / 3);
  EXPECT_EQ(value("meetings of the item" + of, 1), 3);
  EXPECT_EQ(value("meetings of the item" + of, 0), 0);  // day 21 is not known yet
  EXPECT_FLOAT_EQ(value("share of all meetings in the last span that the item has" + of, 1),
                  2.0f / 3);
  EXPECT_EQ(value("different items of the entity" + of, 0), 2);
  EXPECT_EQ(value("how much the item is met by those who have met the entity's items", 1), 0.25);
  EXPECT_FLOAT_EQ(value("age of the item", 1), 1.9f);
  EXPECT_FLOAT_EQ(value("price of the item", 1), 1.5f);
  EXPECT_EQ(value("age of the entity", 0), 20);
}

}  // namespace
}  // namespace cenote
