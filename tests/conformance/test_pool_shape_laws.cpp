// SPDX-License-Identifier: Apache-2.0
// The laws of pools that need coordinates or return rows. Which rows come out in which order is theirs to choose, so results
// are compared as sets of rows, group by group.
#include <ATen/Parallel.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <thread>

#include "base/check.h"
#include "conformance/pool_case.h"

namespace cenote {
namespace {

/// The rows of each group in double, sorted.
using Groups = std::vector<std::vector<std::vector<double>>>;

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& [name, pool] : pool_registry()) {
    if (pool.traits.output == PoolOutput::rows || pool.traits.needs_coordinates)
      out.push_back(name);
  }
  return out;
}

class PoolShapeLaws : public testing::TestWithParam<std::string> {
 protected:
  const PoolTraits& traits() const { return pool_registry().at(GetParam()).traits; }
  MadePool make(at::ScalarType type = at::kDouble) const {
    return MadePool(GetParam(), kWidth, {}, type);
  }
  at::Tensor query(const PoolCase& c) const {
    return PoolCase::make(c.rows.scalar_type())
        .rows.narrow(0, 20, static_cast<int64_t>(c.groups.size()));
  }
  PoolResult result(const MadePool& pool, const PoolCase& c, const at::Tensor& rows,
                    const at::Tensor& asked) const {
    const auto weights = flat(c.weights), order = flat(c.order);
    return pool.pool->forward(input_of(traits(), c, rows, asked, weights, order));
  }
  Groups groups(const PoolResult& result) const {
    const at::Tensor value = result.value.detach().to(at::kDouble).contiguous();
    const int64_t width = value.size(1);
    Groups out;
    const bool rows = traits().output == PoolOutput::rows;
    for (int64_t g = 0; g < result.join->groups(); ++g) {
      out.emplace_back();
      const int64_t begin = rows ? result.join->offsets[g] : g;
      const int64_t end = rows ? result.join->offsets[g + 1] : g + 1;
      for (int64_t e = begin; e < end; ++e) {
        const double* row =
            value.const_data_ptr<double>() + (rows ? result.join->rows[e] : e) * width;
        out.back().emplace_back(row, row + width);
      }
      std::sort(out.back().begin(), out.back().end());
    }
    return out;
  }
  Groups groups(const MadePool& pool, const PoolCase& c) const {
    return groups(result(pool, c, c.rows, query(c)));
  }
  void expect_near(const Groups& a, const Groups& b, double tolerance) const {
    ASSERT_EQ(a.size(), b.size());
    for (size_t g = 0; g < a.size(); ++g) {
      ASSERT_EQ(a[g].size(), b[g].size()) << "group " << g;
      for (size_t r = 0; r < a[g].size(); ++r) {
        for (size_t c = 0; c < a[g][r].size(); ++c)
          ASSERT_NEAR(a[g][r][c], b[g][r][c], tolerance) << "group " << g;
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Registry, PoolShapeLaws, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

TEST_P(PoolShapeLaws, IsAsWideAsItSays) {
  const PoolEntry& entry = pool_registry().at(GetParam());
  const PoolCase c = PoolCase::make(at::kFloat);
  const PoolResult out = result(make(at::kFloat), c, c.rows, query(c));
  EXPECT_EQ(out.value.size(1), entry.out_width(Options(entry.info.options), kWidth));
  EXPECT_EQ(out.join->groups(), static_cast<int64_t>(c.groups.size()));
  EXPECT_EQ(out.join->offsets.back(), out.join->links());
  if (traits().output == PoolOutput::rows) {
    for (const int64_t row : out.join->rows) EXPECT_TRUE(row >= 0 && row < out.value.size(0));
  } else {
    EXPECT_EQ(out.value.size(0), out.join->groups());
  }
}

TEST_P(PoolShapeLaws, IgnoresTheOrderOfRows) {
  const PoolCase c = PoolCase::make();
  const MadePool pool = make();
  expect_near(groups(pool, c.shuffled()), groups(pool, c), 1e-12);
}

TEST_P(PoolShapeLaws, WeightsEqualRepetition) {
  PoolCase weighted = PoolCase::make();
  const PoolCase repeated = weighted.repeated(
      [&](size_t g, size_t i) { return static_cast<int64_t>(weighted.weights[g][i]); });
  weighted.weighted = true;
  const MadePool pool = make();
  // Heavy rows are begun with, repeated ones are not heavier: the one thing that repetition does not do.
  if (GetParam().starts_with("token_k")) GTEST_SKIP() << "weights say where clusters begin";
  expect_near(groups(pool, weighted), groups(pool, repeated), 1e-10);
}

TEST_P(PoolShapeLaws, ValuesAreFiniteAndNoRowsAreFine) {
  PoolCase c = PoolCase::make();
  const MadePool pool = make();
  for (const double scale : {1.0, 0.0, 1e4}) {
    const at::Tensor rows = c.rows.mul(scale).requires_grad_();
    const PoolResult out = result(pool, c, rows, query(c));
    EXPECT_TRUE(out.value.isfinite().all().item<bool>());
    const at::Tensor slope = torch::autograd::grad({out.value.sum()}, {rows})[0];
    EXPECT_TRUE(slope.isfinite().all().item<bool>());
  }
  c.rows = at::zeros({0, kWidth}, at::kDouble);
  c.groups = {{}, {}};
  c.weights = c.order = {{}, {}};
  c.coordinates = {{}, {}};
  EXPECT_EQ(groups(pool, c).size(), 2u);
}

TEST_P(PoolShapeLaws, GradientsAreThoseOfFiniteDifferences) {
  const PoolCase c = PoolCase::make();
  const MadePool pool = make();
  const at::Tensor rows = c.rows.clone().requires_grad_();
  const at::Tensor asked = query(c).clone().requires_grad_();
  const at::Tensor value = result(pool, c, rows, asked).value;
  const at::Tensor direction = fixed_direction(value.sizes());
  std::vector<at::Tensor> inputs = pool.parameters.tensors();
  inputs.push_back(rows);
  if (traits().needs_query) inputs.push_back(asked);
  expect_slopes(value, direction, inputs, [&] {
    return result(pool, c, rows.detach(), asked.detach())
        .value.detach()
        .mul(direction)
        .sum()
        .item<double>();
  });
}

TEST_P(PoolShapeLaws, SingleAndDoublePrecisionAgree) {
  const PoolCase c = PoolCase::make();
  for (const bool weighted : {false, true}) {
    PoolCase exact = c, single = c;
    single.rows = c.rows.to(at::kFloat);
    exact.weighted = single.weighted = weighted;
    expect_near(groups(make(at::kFloat), single), groups(make(), exact), 1e-4);
  }
}

TEST_P(PoolShapeLaws, ComesBackFromAFile) {
  const PoolCase c = PoolCase::make(at::kFloat);
  const MadePool pool = make(at::kFloat);
  EXPECT_EQ(groups(saved_and_loaded(GetParam(), pool, at::kFloat), c), groups(pool, c));
}

TEST_P(PoolShapeLaws, FourThreadsGiveTheSameBytes) {
  const PoolCase c = PoolCase::make(at::kFloat);
  const MadePool pool = make(at::kFloat);
  const auto work = [&] {
    at::set_num_threads(1);
    const at::Tensor rows = c.rows.clone().requires_grad_();
    const PoolResult out = result(pool, c, rows, query(c));
    std::vector<at::Tensor> inputs = pool.parameters.tensors();
    inputs.push_back(rows);
    auto all =
        torch::autograd::grad({out.value.pow(2).sum()}, inputs, {}, std::nullopt, false, true);
    all.push_back(out.value.detach());
    return all;
  };
  const auto here = work();
  std::vector<std::vector<at::Tensor>> there(4);
  std::vector<std::thread> threads;
  for (auto& other : there) threads.emplace_back([&] { other = work(); });
  for (auto& thread : threads) thread.join();
  for (const auto& other : there) {
    for (size_t i = 0; i < here.size(); ++i)
      EXPECT_TRUE(here[i].defined() ? other[i].equal(here[i]) : !other[i].defined()) << i;
  }
}

TEST_P(PoolShapeLaws, AGroupAloneHasTheSameBytesAsAmongOthers) {
  const PoolCase c = PoolCase::make(at::kFloat);
  const MadePool pool = make(at::kFloat);
  const Groups all = groups(pool, c);
  for (size_t g = 0; g < c.groups.size(); ++g) {
    const PoolCase alone = c.only(g);
    const at::Tensor asked = query(c).narrow(0, static_cast<int64_t>(g), 1);
    EXPECT_EQ(groups(result(pool, alone, alone.rows, asked))[0], all[g]) << "group " << g;
  }
}

TEST_P(PoolShapeLaws, StridesDoNotMatter) {
  const PoolCase c = PoolCase::make();
  const MadePool pool = make();
  const auto weights = flat(c.weights), order = flat(c.order);
  PoolInput input = input_of(traits(), c, c.rows, query(c), weights, order);
  const Groups wanted = groups(pool.pool->forward(input));
  input.rows = input.rows.t().contiguous().t();
  if (input.coordinates.defined()) input.coordinates = input.coordinates.t().contiguous().t();
  EXPECT_EQ(groups(pool.pool->forward(input)), wanted);
}

TEST_P(PoolShapeLaws, RowsOutsideAreRefused) {
  PoolCase c = PoolCase::make();
  // Every link, since some pools look at some only.
  for (auto& group : c.groups) {
    for (int64_t& row : group) row += 1000000000;
  }
  EXPECT_THROW(groups(make(), c), Error);
}

TEST_P(PoolShapeLaws, WhatIsMissingIsNamed) {
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
  if (traits().needs_coordinates) refused({.rows = c.rows, .join = make_join({{0}})});
}

}  // namespace
}  // namespace cenote
