// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/meetings.h"

namespace cenote {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

TEST(Repeat, OwnItemsFirstThenThoseOfAll) {
  toy::Shop shop(toy::shop_store(3, 6, {}));
  const ModelContext context = toy::link_context(shop);
  History history;
  toy::add_past(history, 0, 0, 1);
  toy::add_past(history, 0, 10, 1);
  toy::add_past(history, 0, 10, 2);
  for (const int64_t customer : {1, 2}) {
    toy::add_past(history, customer, 0, 4);
    toy::add_past(history, customer, 0, 1);
  }
  toy::add_past(history, 1, 20, 3);
  const auto model = toy::make_ranker("repeat", context, {{"half_life", "0"}});
  toy::fit_ranker(*model, {}, {}, history);
  const auto at = [&](int64_t customer, int64_t day) {
    return toy::rank_with(*model, std::vector<Seed>{toy::seed_at(customer, day)}, history, 4);
  };
  // Twice 1, once 2; of the others 4 is the most popular, met twice, then 3, once.
  EXPECT_THAT(at(0, 30).item, ElementsAre(1, 2, 4, 3));
  EXPECT_THAT(at(0, 30).score, ElementsAre(3, 2, DoubleEq(2.0 / 3), DoubleEq(0.5)));
  // The window of day 10 is open still on day 19.
  EXPECT_THAT(at(0, 19).item, ElementsAre(1, 4, 5, 3));
  // Nobody's past: popularity alone.
  EXPECT_THAT(at(2, 9).item, ElementsAre(5, 4, 3, 2));
}

TEST(Repeat, OfEqualOnesTheLastComesFirst) {
  toy::Shop shop(toy::shop_store(3, 6, {}));
  const ModelContext context = toy::link_context(shop);
  History history;
  toy::add_past(history, 0, 0, 1);
  toy::add_past(history, 0, 10, 2);
  const auto model = toy::make_ranker("repeat", context, {{"half_life", "0"}});
  toy::fit_ranker(*model, {}, {}, history);
  EXPECT_THAT(toy::rank_with(*model, std::vector<Seed>{toy::seed_at(0, 30)}, history, 2).item,
              ElementsAre(2, 1));
}

TEST(Repeat, AListIsNotLongerThanThereAreItems) {
  toy::Shop shop(toy::shop_store(3, 2, {}));
  const ModelContext context = toy::link_context(shop);
  History history;
  toy::add_past(history, 0, 0, 1);
  const auto model = toy::make_ranker("repeat", context);
  toy::fit_ranker(*model, {}, {}, history);
  EXPECT_THAT(toy::rank_with(*model, std::vector<Seed>{toy::seed_at(0, 30)}, history, 5).item,
              ElementsAre(1, 0, -1, -1, -1));
  const auto again = toy::make_ranker("repeat", context);
  again->load(model->save());
  EXPECT_EQ(again->save(), model->save());
  EXPECT_THROW(again->load(nlohmann::json::object()), Error);
}

}  // namespace
}  // namespace cenote
