// SPDX-License-Identifier: Apache-2.0
// What the design rests on: a row's result does not depend on the rows beside it.
#include "kernel/linear.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <thread>

#include "base/check.h"

namespace cenote {
namespace {

at::Tensor chain(const at::Tensor& x, const std::vector<at::Tensor>& weights,
                 const at::Tensor& bias) {
  at::Tensor h = x;
  for (const auto& w : weights) {
    h = linear_rows(h, w, bias.narrow(0, 0, w.size(0)));
    if (w.size(0) % 32 == 0) h = at::relu(at::layer_norm(h, {w.size(0)}));
  }
  return h;
}

class LinearIn : public testing::TestWithParam<Precision> {
 protected:
  const PrecisionScope scope_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Precisions, LinearIn,
                         testing::Values(Precision::float32, Precision::bfloat16));

TEST_P(LinearIn, ARowAloneHasTheSameBytesAsAmongOthers) {
  at::set_num_threads(1);
  for (const int64_t inner : {7, 16, 64, 128, 333, 1024}) {
    for (const int64_t width : {1, 32, 64, 128}) {
      const at::Tensor x = at::randn({1500, inner});
      const std::vector<at::Tensor> weights = {at::randn({128, inner}).mul(0.1),
                                               at::randn({128, 128}).mul(0.1),
                                               at::randn({width, 128}).mul(0.1)};
      const at::Tensor bias = at::randn({128});
      const at::Tensor all = chain(x, weights, bias);
      const at::Tensor order = at::randperm(1500, at::kLong);
      const at::Tensor moved = chain(x.index_select(0, order), weights, bias);
      ASSERT_TRUE(at::equal(moved, all.index_select(0, order))) << inner << " x " << width;
      for (const int64_t row : {0, 1, 255, 256, 700, 1499}) {
        const at::Tensor alone = chain(x.narrow(0, row, 1), weights, bias);
        ASSERT_TRUE(at::equal(alone, all.narrow(0, row, 1)))
            << inner << " x " << width << ", row " << row;
      }
    }
  }
}

TEST_P(LinearIn, GradientsOfRowsDoNotDependOnTheRowsBeside) {
  at::set_num_threads(1);
  const at::Tensor w1 = at::randn({128, 40}).mul(0.1).requires_grad_(),
                   w2 = at::randn({1, 128}).mul(0.1).requires_grad_();
  const at::Tensor bias = at::zeros({128});
  const at::Tensor x = at::randn({700, 40});
  const auto gradient = [&](const at::Tensor& rows) {
    const at::Tensor leaf = rows.detach().clone().requires_grad_();
    const at::Tensor y = chain(leaf, {w1, w2}, bias);
    return torch::autograd::grad({y.sum()}, {leaf})[0];
  };
  const at::Tensor all = gradient(x);
  for (const int64_t row : {0, 255, 256, 511, 699}) {
    ASSERT_TRUE(at::equal(gradient(x.narrow(0, row, 1)), all.narrow(0, row, 1))) << row;
  }
}

TEST(Linear, BytesAreEqualOnOtherThreads) {
  at::set_num_threads(1);
  const at::Tensor x = at::randn({1000, 96}), w = (at::randn({64, 96})).requires_grad_();
  const auto work = [&] {
    at::set_num_threads(1);
    const at::Tensor leaf = x.detach().clone().requires_grad_();
    const at::Tensor y = linear_rows(leaf, w, {});
    return torch::autograd::grad({y.pow(2).sum()}, {leaf, w});
  };
  const auto here = work();
  std::vector<std::vector<at::Tensor>> there(3);
  std::vector<std::thread> threads;
  for (auto& result : there) threads.emplace_back([&] { result = work(); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : there) {
    EXPECT_TRUE(at::equal(result[0], here[0]));
    EXPECT_TRUE(at::equal(result[1], here[1]));
  }
}

TEST(Linear, GoldenValuesAndGradients) {
  at::Tensor x = at::arange(6, at::kDouble).reshape({3, 2}).requires_grad_();
  at::Tensor w = at::arange(4, at::kDouble).reshape({2, 2}).requires_grad_();
  at::Tensor b = at::arange(2, at::kDouble).requires_grad_();
  const at::Tensor y = linear_rows(x, w, b);
  // Row 1 of x is (2, 3): (0*2 + 1*3 + 0, 2*2 + 3*3 + 1).
  EXPECT_EQ(y[1][0].item<double>(), 3);
  EXPECT_EQ(y[1][1].item<double>(), 14);
  const auto gradient = torch::autograd::grad({y.sum()}, {x, w, b});
  EXPECT_EQ(gradient[0][0][0].item<double>(), 2);  // column sums of w: 0 + 2, 1 + 3
  EXPECT_EQ(gradient[0][0][1].item<double>(), 4);
  EXPECT_EQ(gradient[1][0][0].item<double>(), 6);  // column sums of x: 0 + 2 + 4
  EXPECT_EQ(gradient[2][0].item<double>(), 3);     // rows
}

/// A product of two numbers in bfloat16 is off by 2^-8 of it at most; so is a sum of some, of their sizes.
TEST(Linear, InBfloat16ValuesAndGradientsAreNearThoseInFloat32) {
  const at::Tensor x = at::randn({300, 40}), w = at::randn({70, 40}), b = at::randn({70}),
                   down = at::randn({300, 70});
  const auto results = [&](Precision precision) {
    const at::Tensor x1 = x.clone().requires_grad_(), w1 = w.clone().requires_grad_(),
                     b1 = b.clone().requires_grad_();
    at::Tensor y;
    {
      const PrecisionScope scope(precision);
      y = linear_rows(x1, w1, b1);
    }
    // Outside of the scope, gradients are computed as the values were.
    auto out = torch::autograd::grad({y.mul(down).sum()}, {x1, w1, b1});
    out.push_back(y.detach());
    return out;
  };
  const auto exact = results(Precision::float32), near = results(Precision::bfloat16);
  const std::vector<at::Tensor> sizes{down.abs().mm(w.abs()), down.t().abs().mm(x.abs()),
                                      down.abs().sum(0), x.abs().mm(w.t().abs())};
  for (size_t i = 0; i < exact.size(); ++i) {
    EXPECT_TRUE(near[i].sub(exact[i]).abs().le(sizes[i].mul(1.0 / 128)).all().item<bool>()) << i;
    EXPECT_EQ(at::equal(near[i], exact[i]), i == 2) << i;  // the bias is not multiplied
  }
  const PrecisionScope scope(Precision::bfloat16);
  const at::Tensor doubles = x.to(at::kDouble);
  EXPECT_TRUE(at::allclose(linear_rows(doubles, w.to(at::kDouble), {}),
                           doubles.mm(w.to(at::kDouble).t()), 1e-12, 1e-12));
}

TEST(Linear, NoRowsAndWrongShapes) {
  EXPECT_EQ(linear_rows(at::zeros({0, 3}), at::zeros({2, 3}), {}).size(1), 2);
  EXPECT_THROW(linear_rows(at::zeros({4, 3}), at::zeros({2, 5}), {}), Error);
  EXPECT_THROW(linear_rows(at::zeros({4, 3}), at::zeros({2, 3}), at::zeros({3})), Error);
}

}  // namespace
}  // namespace cenote
