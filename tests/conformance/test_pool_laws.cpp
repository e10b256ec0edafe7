// SPDX-License-Identifier: Apache-2.0
// The laws every pool keeps, by its traits. A new entry is tried here without being asked.
#include <ATen/Parallel.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include "base/check.h"
#include "conformance/pool_case.h"

namespace cenote {
namespace {

// Sums of some thirty numbers near 1, added in another order.
constexpr double kRounding = 1e-12;

/// Pools that make one vector or number of a group; test_pool_shape_laws.cpp is of the others.
std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& [name, pool] : pool_registry()) {
    if (pool.traits.output != PoolOutput::rows && !pool.traits.needs_coordinates)
      out.push_back(name);
  }
  return out;
}

class PoolLaws : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { at::set_num_threads(1); }
  const PoolEntry& entry() const { return pool_registry().at(GetParam()); }
  const PoolTraits& traits() const { return entry().traits; }
  MadePool make(at::ScalarType type = at::kDouble, uint64_t seed = 7) const {
    return MadePool(GetParam(), kWidth, {}, type, seed);
  }
  /// The query stays the same however a case's rows and links are changed.
  at::Tensor query(const PoolCase& c) const {
    return PoolCase::make(c.rows.scalar_type())
        .rows.narrow(0, 20, static_cast<int64_t>(c.groups.size()));
  }
  at::Tensor value(const MadePool& pool, const PoolCase& c) const {
    return pool_case(pool, traits(), c, c.rows, query(c)).detach();
  }
  void expect_close(const at::Tensor& a, const at::Tensor& b, double tolerance) const {
    EXPECT_TRUE(at::allclose(a.to(at::kDouble), b.to(at::kDouble), tolerance, tolerance))
        << GetParam();
  }
};

INSTANTIATE_TEST_SUITE_P(Registry, PoolLaws, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

TEST_P(PoolLaws, SaysWhatItIs) {
  EXPECT_FALSE(entry().info.summary.empty());
  EXPECT_FALSE(entry().info.source.empty());
  EXPECT_FALSE(entry().info.example.empty());
  Options options(entry().info.options);
  for (const auto& [name, text] : options.to_text()) options.set(GetParam(), name, text);
}

TEST_P(PoolLaws, IsAsWideAsItSays) {
  const PoolCase c = PoolCase::make(at::kFloat);
  const at::Tensor result = value(make(at::kFloat), c);
  EXPECT_EQ(result.size(0), static_cast<int64_t>(c.groups.size()));
  EXPECT_EQ(result.size(1), entry().out_width(Options(entry().info.options), kWidth));
  EXPECT_EQ(result.scalar_type(), at::kFloat);
}

TEST_P(PoolLaws, IgnoresTheOrderOfRows) {
  const PoolCase c = PoolCase::make();
  const MadePool pool = make();
  expect_close(value(pool, c.shuffled()), value(pool, c), kRounding);
}

TEST_P(PoolLaws, GroupsOfNoneAndOfOneAreFinite) {
  PoolCase c = PoolCase::make();
  const MadePool pool = make();
  // Both groups without rows ask the same.
  at::Tensor asked = query(c).clone();
  asked[5].copy_(asked[0]);
  for (const double scale : {1.0, 0.0, 1e4}) {
    const at::Tensor rows = c.rows.mul(scale).requires_grad_();
    const at::Tensor result = pool_case(pool, traits(), c, rows, asked);
    EXPECT_TRUE(result.isfinite().all().item<bool>());
    EXPECT_TRUE(result[0].equal(result[5])) << "groups without rows differ";
    if (!result.requires_grad()) continue;
    const at::Tensor slope = torch::autograd::grad({result.sum()}, {rows})[0];
    EXPECT_TRUE(slope.isfinite().all().item<bool>());
  }
}

TEST_P(PoolLaws, NoRowsAtAll) {
  PoolCase c = PoolCase::make();
  const MadePool pool = make();
  const at::Tensor usual = value(pool, c)[0];
  c.rows = at::zeros({0, kWidth}, at::kDouble);
  c.groups = {{}, {}};
  c.weights = c.order = {{}, {}};
  const at::Tensor result = value(pool, c);
  EXPECT_TRUE(result[0].equal(usual));
  if (!traits().needs_query) {
    EXPECT_TRUE(result[1].equal(usual));
  }
  c.groups.clear();
  EXPECT_EQ(value(pool, c).size(0), 0);
}

TEST_P(PoolLaws, ComesBackFromAFile) {
  const PoolCase c = PoolCase::make(at::kFloat);
  const MadePool pool = make(at::kFloat);
  EXPECT_TRUE(value(saved_and_loaded(GetParam(), pool, at::kFloat), c).equal(value(pool, c)));
}

TEST_P(PoolLaws, WeightsEqualRepetition) {
  PoolCase weighted = PoolCase::make();
  const PoolCase repeated = weighted.repeated([&](size_t g, size_t i) {
    return static_cast<int64_t>(weighted.weights[g][i]);  // 0 to 3
  });
  weighted.weighted = true;
  const MadePool pool = make();
  expect_close(value(pool, weighted), value(pool, repeated), 1e-10);
}

TEST_P(PoolLaws, DuplicatesMatterAsTheTraitSays) {
  const PoolCase c = PoolCase::make();
  const MadePool pool = make();
  const at::Tensor once = value(pool, c),
                   thrice = value(pool, c.repeated([](size_t, size_t) { return 3; }));
  const bool same = at::allclose(once, thrice, kRounding, kRounding);
  EXPECT_EQ(same, traits().blind_to_count);
}

TEST_P(PoolLaws, MapsMayComeBeforeOrAfterAsTheTraitSays) {
  if (entry().out_width(Options(entry().info.options), kWidth) != kWidth) {
    EXPECT_FALSE(traits().linear);
    return;
  }
  const PoolCase c = PoolCase::make();
  const at::Tensor map = PoolCase::make().rows.narrow(0, 0, kWidth);
  PoolCase mapped = c;
  mapped.rows = c.rows.mm(map);
  const MadePool pool = make();
  const bool same = at::allclose(value(pool, c).mm(map), value(pool, mapped), kRounding, kRounding);
  EXPECT_EQ(same, traits().linear);
}

TEST_P(PoolLaws, GradientsAreThoseOfFiniteDifferences) {
  const PoolCase c = PoolCase::make();
  const MadePool pool = make();
  const at::Tensor rows = c.rows.clone().requires_grad_();
  const at::Tensor asked = query(c).clone().requires_grad_();
  const at::Tensor result = pool_case(pool, traits(), c, rows, asked);
  if (!traits().differentiable) {
    EXPECT_FALSE(result.requires_grad());
    return;
  }
  const at::Tensor direction = fixed_direction(result.sizes());
  std::vector<at::Tensor> inputs = pool.parameters.tensors();
  inputs.push_back(rows);
  if (traits().needs_query) inputs.push_back(asked);
  expect_slopes(result, direction, inputs, [&] {
    return pool_case(pool, traits(), c, rows.detach(), asked.detach())
        .detach()
        .mul(direction)
        .sum()
        .item<double>();
  });
}

TEST_P(PoolLaws, SingleAndDoublePrecisionAgree) {
  PoolCase c = PoolCase::make();
  for (const bool weighted : {false, true}) {
    c.weighted = weighted;
    PoolCase single = c;
    single.rows = c.rows.to(at::kFloat);
    expect_close(value(make(at::kFloat), single), value(make(), c), 1e-4);
  }
}

TEST_P(PoolLaws, FourThreadsGiveTheSameBytes) {
  const PoolCase c = PoolCase::make(at::kFloat);
  const MadePool pool = make(at::kFloat);
  const auto work = [&] {
    at::set_num_threads(1);
    const at::Tensor rows = c.rows.clone().requires_grad_();
    const at::Tensor result = pool_case(pool, traits(), c, rows, query(c));
    std::vector<at::Tensor> out = {result.detach()};
    if (!result.requires_grad()) return out;
    std::vector<at::Tensor> inputs = pool.parameters.tensors();
    inputs.push_back(rows);
    for (auto& slope : torch::autograd::grad({result.pow(2).sum()}, inputs)) out.push_back(slope);
    return out;
  };
  const auto here = work();
  std::vector<std::vector<at::Tensor>> there(4);
  std::vector<std::thread> threads;
  for (auto& result : there) threads.emplace_back([&] { result = work(); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : there) {
    ASSERT_EQ(result.size(), here.size());
    for (size_t i = 0; i < here.size(); ++i) EXPECT_TRUE(result[i].equal(here[i])) << i;
  }
}

TEST_P(PoolLaws, AGroupAloneHasTheSameBytesAsAmongOthers) {
  const PoolCase c = PoolCase::make(at::kFloat);
  const MadePool pool = make(at::kFloat);
  const at::Tensor all = value(pool, c);
  for (size_t group = 0; group < c.groups.size(); ++group) {
    const PoolCase alone = c.only(group);
    const at::Tensor own = query(c).narrow(0, static_cast<int64_t>(group), 1);
    const at::Tensor result = pool_case(pool, traits(), alone, alone.rows, own);
    EXPECT_TRUE(result[0].equal(all[static_cast<int64_t>(group)])) << "group " << group;
  }
}

TEST_P(PoolLaws, ParametersAreAllOfItsState) {
  const PoolCase c = PoolCase::make();
  const MadePool one = make(at::kDouble, 1), other = make(at::kDouble, 2);
  EXPECT_EQ(one.parameters.names().empty(), !traits().stateful);
  for (const auto& name : one.parameters.names()) {
    EXPECT_EQ(name.rfind("pool", 0), 0u) << name << " does not begin with the name of its place";
    other.parameters.at(name).detach().copy_(one.parameters.at(name));
  }
  EXPECT_TRUE(value(one, c).equal(value(other, c)));
}

TEST_P(PoolLaws, StridesDoNotMatter) {
  PoolCase c = PoolCase::make(at::kFloat);
  const MadePool pool = make(at::kFloat);
  const at::Tensor wanted = value(pool, c);
  c.rows = c.rows.t().contiguous().t();
  EXPECT_TRUE(value(pool, c).equal(wanted));
}

TEST_P(PoolLaws, PartsMergeToTheWhole) {
  if (!traits().mergeable) GTEST_SKIP() << "does not work in parts";
  const MadePool pool = make();
  for (const bool weighted : {false, true}) {
    PoolCase c = PoolCase::make();
    c.weighted = weighted;
    const at::Tensor whole = value(pool, c);
    const at::Tensor asked = query(c);
    // The first k links of each group, and the rest: parts without rows among them.
    for (const size_t first : {0, 1, 3, 100}) {
      const auto part = [&](bool second) {
        return pool_case_state(
            pool, traits(),
            c.repeated([&](size_t, size_t i) { return int64_t{(i >= first) == second}; }), asked);
      };
      const at::Tensor merged = pool.pool->merge(part(false), part(true));
      EXPECT_TRUE(merged.isfinite().all().item<bool>());
      expect_close(pool.pool->finish(merged), whole, 1e-9);
    }
  }
}

TEST_P(PoolLaws, TheOrderOfGroupsDoesNotMatter) {
  const PoolCase c = PoolCase::make(at::kFloat);
  PoolCase turned = c;
  std::reverse(turned.groups.begin(), turned.groups.end());
  std::reverse(turned.weights.begin(), turned.weights.end());
  std::reverse(turned.order.begin(), turned.order.end());
  const MadePool pool = make(at::kFloat);
  const at::Tensor straight = value(pool, c);
  const at::Tensor other =
      pool_case(pool, traits(), turned, turned.rows, query(c).flip({0})).detach().flip({0});
  EXPECT_TRUE(other.equal(straight));
}

TEST_P(PoolLaws, ANaNStaysInTheGroupsOfItsRow) {
  PoolCase c = PoolCase::make();
  const MadePool pool = make();
  const at::Tensor before = value(pool, c);
  constexpr int64_t kPoisoned = 10;  // of the fifth group, and of the last
  const at::Tensor asked = query(c);
  c.rows[kPoisoned].fill_(std::nan(""));
  const at::Tensor after = pool_case(pool, traits(), c, c.rows, asked).detach();
  for (int64_t g = 0; g < before.size(0); ++g) {
    const auto& rows = c.groups[static_cast<size_t>(g)];
    if (std::find(rows.begin(), rows.end(), kPoisoned) == rows.end()) {
      EXPECT_TRUE(after[g].equal(before[g])) << g;
    } else if (traits().differentiable && !traits().ordered) {
      EXPECT_TRUE(after[g].isnan().any().item<bool>()) << "a NaN is hidden in group " << g;
    }
  }
}

TEST_P(PoolLaws, AMillionRows) {
  constexpr int64_t kMany = 1000000, kNarrow = 8;
  const MadePool pool(GetParam(), kNarrow, {}, at::kFloat);
  PoolCase c;
  c.rows = at::zeros({kMany, kNarrow}, at::kFloat);
  Random random(3);
  float* numbers = c.rows.mutable_data_ptr<float>();
  for (int64_t i = 0; i < c.rows.numel(); ++i) numbers[i] = static_cast<float>(random.uniform());
  c.groups = {{}, std::vector<int64_t>(kMany)};
  std::iota(c.groups[1].begin(), c.groups[1].end(), int64_t{0});
  c.weights = c.order = {{}, std::vector<double>(kMany, 1)};
  std::iota(c.order[1].begin(), c.order[1].end(), 0.0);
  const at::Tensor result = value(pool, c);
  EXPECT_TRUE(result.isfinite().all().item<bool>());
  // Close to the same in double: nothing is lost in long additions.
  PoolCase exact = c;
  exact.rows = c.rows.to(at::kDouble);
  expect_close(result, value(MadePool(GetParam(), kNarrow, {}, at::kDouble), exact), 2e-3);
}

TEST_P(PoolLaws, WhatIsMissingIsNamed) {
  const PoolCase c = PoolCase::make();
  const MadePool pool = make();
  const auto refused = [&](const PoolInput& input) {
    try {
      pool(input);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(GetParam()), std::string::npos) << error.what();
    }
  };
  refused({.rows = c.rows});
  refused({.rows = c.rows.view({-1}), .join = make_join({{0}})});
  if (traits().ordered || traits().needs_query) refused({.rows = c.rows, .join = make_join({{0}})});
  PoolCase outside = c;
  outside.groups[1] = {kRows};
  EXPECT_THROW(value(pool, outside), Error);
}

}  // namespace
}  // namespace cenote
