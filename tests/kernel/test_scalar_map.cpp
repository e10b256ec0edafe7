// SPDX-License-Identifier: Apache-2.0
#include "kernel/scalar_map.h"

#include <ATen/ops/tensor.h>

#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

TEST(ScalarMap, Values) {
  const at::Tensor x = at::tensor({0.25, 1.0, 3.0}, at::kDouble);
  const auto expect = [&](const at::Tensor& got, std::vector<double> wanted) {
    expect_near(got, at::tensor(wanted, at::kDouble), 1e-6);
  };
  expect(map_exp(x), {1.284025, 2.718282, 20.085537});
  expect(map_log(x), {-1.386294, 0, 1.098612});
  expect(map_log1p(x), {0.223144, 0.693147, 1.386294});
  expect(map_tanh(x), {0.244919, 0.761594, 0.995055});
  expect(map_sigmoid(x), {0.562177, 0.731059, 0.952574});
  expect(map_gelu(x), {0.149677, 0.841345, 2.995950});
}

TEST(ScalarMap, Gradients) {
  const at::Tensor x = at::tensor({0.3, 0.9, 2.5, 1.1}, at::kDouble);
  for (const auto map : {map_exp, map_log, map_log1p, map_tanh, map_sigmoid, map_gelu})
    expect_gradient([&](const auto& in) { return map(in[0]); }, {x});
}

TEST(ScalarMap, LargeNumbersStayFinite) {
  const at::Tensor x = at::tensor({-1e4, 1e4}, at::kDouble);
  for (const auto map : {map_tanh, map_sigmoid, map_gelu})
    EXPECT_TRUE(map(x).isfinite().all().item<bool>());
}

TEST(ScalarMap, BytesDoNotDependOnThePlace) {
  const at::Tensor many = at::randn({37}).abs().add(0.1);
  for (const auto map : {map_exp, map_log, map_log1p, map_tanh, map_sigmoid, map_gelu}) {
    const at::Tensor all = map(many);
    for (int64_t i = 0; i < many.numel(); ++i)
      EXPECT_TRUE(map(many.narrow(0, i, 1)).equal(all.narrow(0, i, 1)));
  }
}

}  // namespace
}  // namespace cenote
