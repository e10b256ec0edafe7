// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/meetings.h"

namespace cenote {
namespace {

using testing::ElementsAre;

// Product p is there from day p on.
TEST(Popularity, CountsWhatHasClosedAndFadesWhatIsOld) {
  toy::Shop shop(toy::shop_store(3, 5, {}));
  const ModelContext context = toy::link_context(shop);
  History history;
  toy::add_past(history, 0, 0, 1);  // known from day 10
  toy::add_past(history, 1, 0, 1);
  toy::add_past(history, 2, 0, 1);
  toy::add_past(history, 0, 10, 2);  // known from day 20
  toy::add_past(history, 1, 10, 2);
  toy::add_past(history, 0, 20, 0);  // known from day 30
  const auto at = [&](const std::string& half_life, int64_t day) {
    const auto model = toy::make_ranker("popularity", context, {{"half_life", half_life}});
    toy::fit_ranker(*model, {}, {}, history);
    return toy::rank_with(*model, std::vector<Seed>{toy::seed_at(2, day)}, history, 3);
  };
  // Nothing known: the newest products.
  EXPECT_THAT(at("0", 9).item, ElementsAre(4, 3, 2));
  EXPECT_THAT(at("0", 9).score, ElementsAre(0, 0, 0));
  EXPECT_THAT(at("0", 10).item, ElementsAre(1, 4, 3));
  EXPECT_THAT(at("0", 20).item, ElementsAre(1, 2, 4));
  EXPECT_THAT(at("0", 30).score, ElementsAre(3, 2, 1));
  // Half of what is ten days old: 3/2 against 2.
  EXPECT_THAT(at("1", 20).item, ElementsAre(2, 1, 4));
  EXPECT_THAT(at("1", 20).score, ElementsAre(2, 1.5, 0));
}

TEST(Popularity, RecommendsNothingThatIsNotThereYet) {
  toy::Shop shop(toy::shop_store(3, 5, {}));
  const ModelContext context = toy::link_context(shop);
  const auto model = toy::make_ranker("popularity", context);
  toy::fit_ranker(*model, {}, {}, {});
  // Two products by day 1: the third place is empty.
  EXPECT_THAT(toy::rank_with(*model, std::vector<Seed>{toy::seed_at(0, 1)}, {}, 3).item,
              ElementsAre(1, 0, -1));
  History early;
  toy::add_past(early, 0, -30, 4);  // a label that names a product before its time
  EXPECT_THAT(toy::rank_with(*model, std::vector<Seed>{toy::seed_at(0, 3)}, early, 3).item,
              ElementsAre(3, 2, 1));
}

TEST(Popularity, TrainingChoosesHowFastItFades) {
  toy::Shop shop(toy::shop_store(3, 5, {}));
  const ModelContext context = toy::link_context(shop, 1);
  History history;
  for (int64_t day = 0; day <= 50; day += 10) toy::add_past(history, 0, day, 1);
  for (int64_t customer = 0; customer < 3; ++customer) toy::add_past(history, customer, 60, 2);
  SeedTable train;
  train.seeds = {toy::seed_at(1, 70)};
  train.label = {1};
  train.item_offsets = {0, 1};
  const auto chosen = [&](int64_t item) {
    train.item = {item};
    const auto model = toy::make_ranker("popularity", context);
    toy::fit_ranker(*model, train, {}, history);
    return toy::rank_with(*model, std::vector<Seed>{toy::seed_at(1, 70)}, history, 1).item[0];
  };
  EXPECT_EQ(chosen(1), 1);  // six meetings, long ago
  EXPECT_EQ(chosen(2), 2);  // three, just now
}

TEST(Popularity, IsSavedAndChecked) {
  toy::Shop shop(toy::shop_store(3, 5, {}));
  const ModelContext context = toy::link_context(shop);
  const auto model = toy::make_ranker("popularity", context, {{"half_life", "2.5"}});
  toy::fit_ranker(*model, {}, {}, {});
  EXPECT_EQ(model->save()["half_life"][0], 25.0 * kMicrosPerDay);
  const auto again = toy::make_ranker("popularity", context);
  again->load(model->save());
  EXPECT_EQ(again->save(), model->save());
  EXPECT_THROW(again->load(nlohmann::json{{"half_life", {-1.0}}}), Error);
  EXPECT_THROW(again->load(nlohmann::json{{"half_life", {1.0, 2.0}}}), Error);
}

}  // namespace
}  // namespace cenote
