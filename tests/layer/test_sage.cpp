// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>
#include <ATen/ops/add.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "layer/layer.h"
#include "support/toy.h"

namespace cenote {
namespace {

struct Fixture {
  toy::Shop shop{toy::shop_store(4, 3, {{1, 1, 1, 1.0, 0}, {2, 1, 2, 2.0, 1}, {3, 2, 1, 3.0, 2}})};
  ParameterSet parameters{5};
  std::unique_ptr<Layer> layer;
  Shard shard;
  std::vector<at::Tensor> x;

  explicit Fixture(const std::string& pool = "sum", bool residual = false) {
    at::set_num_threads(1);
    LayerPlace place{parameters, "layer0", shop.graph, 32, pool, {0, 1, 2}};
    const LayerEntry& entry = layer_registry().at("sage");
    Options options(entry.info.options);
    options.set("sage", "residual", residual ? "true" : "false");
    layer = entry.make(options, place);
    Sampler sampler(shop.graph, 0, {{5, 5}, false, 1});
    shard = sampler.sample(std::vector<Seed>{toy::seed_at(0, 30), toy::seed_at(3, 30)}, 0);
    for (size_t t = 0; t < shard.tables.size(); ++t) {
      const auto n = static_cast<int64_t>(shard.tables[t].row.size());
      x.push_back(n > 0 ? at::ones({n, 32}) : at::Tensor());
    }
  }
};

TEST(SageLayer, EachLevelIsOneHopFewer) {
  Fixture f;
  const auto out = f.layer->forward(f.shard, f.x, 2);
  EXPECT_EQ(out[0].size(0), f.shard.tables[0].level_end[1]);
  EXPECT_EQ(out[1].size(0), f.shard.tables[1].level_end[1]);
  const auto last = f.layer->forward(f.shard, f.x, 1);
  EXPECT_EQ(last[0].size(0), 2);
}

TEST(SageLayer, AGroupWithoutRowsIsItsOwnMapAlone) {
  Fixture f;
  const auto with = f.layer->forward(f.shard, f.x, 1);
  // Customer 4 (the second seed) has no orders: taking the relation away changes nothing for it.
  Shard cut = f.shard;
  cut.joins.assign(cut.joins.size(), nullptr);
  const auto without = f.layer->forward(cut, f.x, 1);
  EXPECT_TRUE(at::equal(with[0][1], without[0][1]));
  EXPECT_FALSE(at::equal(with[0][0], without[0][0]));
}

TEST(SageLayer, AResidualIsTheInputOnTop) {
  Fixture plain, residual("sum", true);
  const auto without = plain.layer->forward(plain.shard, plain.x, 1);
  const auto with = residual.layer->forward(residual.shard, residual.x, 1);
  EXPECT_TRUE(at::equal(with[0], at::add(residual.x[0].narrow(0, 0, 2), without[0])));
}

TEST(SageLayer, RelationsMayHavePoolsOfTheirOwn) {
  const Fixture mean("mean");
  Fixture none("mean,orders.customer:mean"), max("mean,orders.customer:max");
  EXPECT_EQ(none.parameters.names(), mean.parameters.names());
  // The first seed has two orders, whose rows are made to differ.
  for (Fixture* f : {&none, &max}) {
    for (size_t t = 0; t < f->x.size(); ++t) {
      if (f->shop.graph.store.tables[t].name == "orders") f->x[t].select(0, 0).mul_(3);
    }
  }
  const auto with_mean = none.layer->forward(none.shard, none.x, 1)[0];
  const auto with_max = max.layer->forward(max.shard, max.x, 1)[0];
  EXPECT_FALSE(at::equal(with_mean[0], with_max[0]));
  EXPECT_TRUE(at::equal(with_mean[1], with_max[1]));  // the other seed has no orders
}

TEST(SageLayer, RefusesPoolsOfRelationsThatItCannotRead) {
  for (const char* text : {"orders.customer:max", "mean,orders.customer", "mean,orders.nobody:max",
                           "mean,orders.customer:no_such_pool", "mean,", "mean,:max"})
    EXPECT_THROW(Fixture{text}, Error) << text;
}

TEST(SageLayer, RefusesAnUnknownPool) { EXPECT_THROW(Fixture("no_such_pool"), Error); }

}  // namespace
}  // namespace cenote
