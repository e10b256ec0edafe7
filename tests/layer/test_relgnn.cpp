// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>
#include <ATen/ops/add.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sum.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "layer/layer.h"
#include "support/toy.h"

namespace cenote {
namespace {

constexpr int64_t kWidth = 32;

/// Customer 1 bought products 1 and 2, and something unknown; customer 2 bought product 1.
std::vector<toy::OrderRow> orders() {
  return {{1, 1, 1, 1.0, 0}, {2, 1, 2, 2.0, 1}, {3, 2, 1, 3.0, 2}, {4, 1, 0, 4.0, 3}};
}

struct Fixture {
  toy::Shop shop{toy::shop_store(4, 3, orders())};
  ParameterSet parameters;
  std::unique_ptr<Layer> layer;
  Shard shard;
  std::vector<at::Tensor> x;

  explicit Fixture(const std::string& pool = "sum", at::ScalarType type = at::kFloat,
                   const std::string& name = "relgnn", int64_t links = 2)
      : parameters(5, type) {
    at::set_num_threads(1);
    shop.graph.links.resize(links);
    const LayerEntry& entry = layer_registry().at(name);
    layer = entry.make(Options(entry.info.options),
                       {parameters, "layer0", shop.graph, kWidth, pool, {0, 1, 2}});
    Sampler sampler(shop.graph, 0, {{5, 5}, false, 1});
    shard = sampler.sample(std::vector<Seed>{toy::seed_at(0, 30), toy::seed_at(3, 30)}, 0);
    Random random(3);
    for (const ShardTable& table : shard.tables) {
      const auto n = static_cast<int64_t>(table.row.size());
      x.push_back(at::eye(n, kWidth, at::TensorOptions().dtype(type)));
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t d = 0; d < kWidth; ++d) x.back()[i][d].fill_(random.normal());
      }
      if (n == 0) x.back() = at::Tensor();
    }
  }
  /// Sets an affine map to `scale` times the identity.
  void set(const std::string& name, double scale) {
    parameters.at(name).detach().copy_(at::mul(at::eye(kWidth), scale));
  }
};

TEST(RelGnnLayer, AChildBringsItsOtherParentAlong) {
  Fixture f;
  const std::string pair = "layer0.orders.customer+orders.product";
  f.set("layer0.customers.own.weight", 0);
  f.parameters.at("layer0.customers.own.bias").detach().zero_();
  f.set(pair + ".weight", 1);
  f.set(pair + ".parent.weight", 2);
  ASSERT_EQ(f.shard.tables[1].level_end.back(), 3);
  ASSERT_EQ(f.shard.tables[2].row, (std::vector<int64_t>{0, 1}));
  const at::Tensor &o = f.x[1], &p = f.x[2];
  // Order 4 has no product: it comes alone.
  at::Tensor sum = at::add(at::add(o[0], p[0], 2), at::add(o[1], p[1], 2));
  sum = at::add(sum, o[2]);
  const at::Tensor expected = at::relu(at::layer_norm(sum, {kWidth}));
  const at::Tensor got = f.layer->forward(f.shard, f.x, 1)[0];
  for (int64_t d = 0; d < kWidth; ++d) {
    EXPECT_NEAR(got[0][d].item<float>(), expected[d].item<float>(), 1e-5) << d;
  }
}

TEST(RelGnnLayer, WithoutLinkTablesItIsSage) {
  Fixture relgnn("mean", at::kFloat, "relgnn", 1), sage("mean", at::kFloat, "sage", 1);
  for (const auto& name : relgnn.parameters.names()) EXPECT_EQ(name.find('+'), std::string::npos);
  const auto ours = relgnn.layer->forward(relgnn.shard, relgnn.x, 1);
  EXPECT_TRUE(at::equal(ours[0], sage.layer->forward(sage.shard, sage.x, 1)[0]));
}

TEST(RelGnnLayer, ARowOfTheLastLevelIsItsOwnMapAlone) {
  Fixture f;
  const auto all = f.layer->forward(f.shard, f.x, 3);
  ASSERT_EQ(all[2].size(0), 2);  // products stand two hops away, where nothing was drawn
  f.shard.joins.assign(f.shard.joins.size(), nullptr);
  const auto alone = f.layer->forward(f.shard, f.x, 3);
  EXPECT_TRUE(at::equal(all[2], alone[2]));
  EXPECT_FALSE(at::equal(all[1], alone[1]));
  EXPECT_FALSE(at::equal(all[0][0], alone[0][0]));
  EXPECT_TRUE(at::equal(all[0][1], alone[0][1]));  // customer 4 has no orders
}

TEST(RelGnnLayer, GradientsAreThoseOfFiniteDifferences) {
  Fixture f("attention", at::kDouble);
  const auto value = [&] {
    const auto out = f.layer->forward(f.shard, f.x, 2);
    return at::sum(at::add(at::sum(at::mul(out[0], out[0])), at::sum(at::mul(out[1], out[1]))));
  };
  std::vector<at::Tensor> inputs = f.parameters.tensors();
  for (at::Tensor& x : f.x) inputs.push_back(x.requires_grad_());
  const auto gradients =
      torch::autograd::grad({value()}, inputs, {}, std::nullopt, false, /*allow_unused=*/true);
  constexpr double kStep = 1e-5;
  Random random(8);
  int64_t used = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!gradients[i].defined()) continue;
    ++used;
    const at::Tensor flat = inputs[i].detach().view(-1);
    for (int draw = 0; draw < 3; ++draw) {
      const auto at = static_cast<int64_t>(random.below(flat.numel()));
      const double before = flat[at].item<double>();
      flat[at].fill_(before + kStep);
      const double above = value().item<double>();
      flat[at].fill_(before - kStep);
      const double below = value().item<double>();
      flat[at].fill_(before);
      EXPECT_NEAR(gradients[i].contiguous().view(-1)[at].item<double>(),
                  (above - below) / (2 * kStep), 1e-6)
          << i << " [" << at << "]";
    }
  }
  EXPECT_GT(used, 15);
}

TEST(RelGnnLayer, RefusesAnUnknownPool) { EXPECT_THROW(Fixture("no_such_pool"), Error); }

}  // namespace
}  // namespace cenote
