// SPDX-License-Identifier: Apache-2.0
#include "kernel/norm_relu.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <limits>
#include <numeric>

#include "base/hash.h"
#include "segment_helpers.h"

namespace cenote {
namespace {

std::vector<uint64_t> keys_of(int64_t rows) {
  std::vector<uint64_t> keys(static_cast<size_t>(rows));
  std::iota(keys.begin(), keys.end(), 77);
  return keys;
}

TEST(NormRelu, GoldenValues) {
  // The row (1, 3) has mean 2 and variance 1: (-1, 1) / sqrt(1.00001), then times (-2, 3) and plus (0, 1).
  const auto numbers = at::TensorOptions().dtype(at::kDouble);
  const at::Tensor y = norm_relu(at::tensor({1.0, 3.0}, numbers).reshape({1, 2}),
                                 at::tensor({-2.0, 3.0}, numbers), at::tensor({0.0, 1.0}, numbers));
  EXPECT_NEAR(y[0][0].item<double>(), 1.999990000, 1e-9);
  EXPECT_NEAR(y[0][1].item<double>(), 3.999985000, 1e-9);
}

TEST(NormRelu, IsTorchsLayerNormAndRelu) {
  for (const int64_t width : {1, 5, 16, 64, 100, 128, 333}) {
    const at::Tensor x = at::randn({50, width}), w = at::randn({width}), b = at::randn({width});
    expect_near(norm_relu(x, w, b), at::relu(at::layer_norm(x, {width}, w, b)), 2e-5);
    expect_near(
        norm_relu(x.to(at::kDouble), w.to(at::kDouble), b.to(at::kDouble)),
        at::relu(at::layer_norm(x.to(at::kDouble), {width}, w.to(at::kDouble), b.to(at::kDouble))),
        1e-12);
  }
}

TEST(NormRelu, Gradients) {
  for (const int64_t width : {3, 8, 21}) {
    const std::vector<at::Tensor> inputs = {at::randn({4, width}), at::randn({width}),
                                            at::randn({width})};
    expect_gradient([](const auto& in) { return norm_relu(in[0], in[1], in[2]); }, inputs);
    const auto keys = keys_of(4);
    expect_gradient(
        [&](const auto& in) {
          return norm_relu(in[0], in[1], in[2], {&keys, 5, 0.4});
        },
        inputs);
  }
}

TEST(NormRelu, AResidualIsAddedAndHasItsGradient) {
  const at::Tensor x = at::randn({6, 40}), w = at::randn({40}), b = at::randn({40}),
                   residual = at::randn({6, 40});
  const auto keys = keys_of(6);
  const KeyedDropout dropout{&keys, 4, 0.3};
  EXPECT_TRUE(
      at::equal(norm_relu(x, w, b, dropout, residual), norm_relu(x, w, b, dropout).add(residual)));
  expect_gradient([&](const auto& in) { return norm_relu(in[0], in[1], in[2], dropout, in[3]); },
                  {x, w, b, residual});
  EXPECT_THROW(norm_relu(x, w, b, dropout, residual.narrow(0, 0, 5)), Error);
}

TEST(NormRelu, DropsWhatPhiloxSaysAndScalesTheRest) {
  constexpr int64_t kRows = 300, kWidth = 200;
  const at::Tensor x = at::randn({kRows, kWidth}), w = at::zeros({kWidth}), b = at::ones({kWidth});
  const auto keys = keys_of(kRows);
  const at::Tensor y = norm_relu(x, w, b, {&keys, 9, 0.25});  // 1 before it is dropped
  int64_t dropped = 0;
  for (int64_t n = 0; n < kRows; ++n) {
    for (int64_t d = 0; d < kWidth; ++d) {
      const uint64_t row_key = hash_combine(9, keys[n]);
      const auto block = philox(row_key, static_cast<uint64_t>(d / 8 * 8));
      const bool kept = ((block[d % 8 / 2] >> (16 * (d % 2))) & 0xffff) >= 65536 / 4;
      ASSERT_FLOAT_EQ(y.const_data_ptr<float>()[n * kWidth + d], kept ? 4.0f / 3 : 0) << n << d;
      dropped += !kept;
    }
  }
  EXPECT_NEAR(static_cast<double>(dropped) / (kRows * kWidth), 0.25, 0.01);
  EXPECT_TRUE(at::equal(norm_relu(x, w, b, {&keys, 9, 0}), norm_relu(x, w, b)));
}

TEST(NormRelu, ARowAloneHasTheSameBytesAsAmongOthers) {
  const at::Tensor x = at::randn({40, 96}), w = at::randn({96}), b = at::randn({96});
  const auto keys = keys_of(40);
  const at::Tensor all = norm_relu(x, w, b, {&keys, 3, 0.5});
  for (const int64_t row : {0, 17, 39}) {
    const std::vector<uint64_t> key = {keys[row]};
    EXPECT_TRUE(
        at::equal(norm_relu(x.narrow(0, row, 1), w, b, {&key, 3, 0.5}), all.narrow(0, row, 1)));
  }
}

TEST(NormRelu, NotANumberStaysInItsRow) {
  at::Tensor x = at::randn({3, 32});
  x.mutable_data_ptr<float>()[32] = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor y = norm_relu(x, at::ones({32}), at::zeros({32}));
  EXPECT_TRUE(y[1].isnan().all().item<bool>());
  EXPECT_FALSE(y[0].isnan().any().item<bool>());
  EXPECT_FALSE(y[2].isnan().any().item<bool>());
}

TEST(NormRelu, NoRowsAndWrongShapes) {
  EXPECT_EQ(norm_relu(at::zeros({0, 4}), at::ones({4}), at::zeros({4})).size(1), 4);
  EXPECT_THROW(norm_relu(at::zeros({2, 4}), at::ones({3}), at::zeros({4})), Error);
  const auto keys = keys_of(1);
  EXPECT_THROW(norm_relu(at::zeros({2, 4}), at::ones({4}), at::zeros({4}), {&keys, 1, 0.5}), Error);
  EXPECT_THROW(norm_relu(at::zeros({1, 4}), at::ones({4}), at::zeros({4}), {&keys, 1, 1}), Error);
}

}  // namespace
}  // namespace cenote
