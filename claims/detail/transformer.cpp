// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/transformer.h"

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>

#include <cmath>
#include <limits>

namespace cenote {

at::Tensor Transformer::Norm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {x.size(-1)}, weight, bias, 1e-5);
}

Transformer::Norm Transformer::norm(ParameterSet& parameters, const std::string& name,
                                    int64_t width) {
  return {parameters.declare(name + ".weight", {width}, Init::ones),
          parameters.declare(name + ".bias", {width}, Init::zeros)};
}

Transformer::Transformer(ParameterSet& parameters, const std::string& name,
                         const TransformerShape& shape)
    : shape_(shape), last_(norm(parameters, name + ".norm", shape.width)) {
  const int64_t width = shape.width;
  for (int64_t i = 0; i < shape.layers; ++i) {
    const std::string place = name + "." + std::to_string(i);
    blocks_.push_back({.before_attention = norm(parameters, place + ".norm1", width),
                       .before_network = norm(parameters, place + ".norm2", width),
                       .asked = Mlp(parameters, place + ".asked", {width, 3 * width}),
                       .out = Mlp(parameters, place + ".out", {width, width}),
                       .network = Mlp(parameters, place + ".network", {width, 4 * width, width})});
  }
}

at::Tensor Transformer::block(int64_t layer, const at::Tensor& x, const at::Tensor& hidden,
                              at::Tensor* attention) const {
  const Block& block = blocks_[static_cast<size_t>(layer)];
  const int64_t n = x.size(0), length = x.size(1), width = shape_.width, heads = shape_.heads;
  const auto rows = [&](const at::Tensor& y) { return y.reshape({n * length, width}); };
  const at::Tensor asked = block.asked(rows(block.before_attention(x)))
                               .view({n, length, 3, heads, width / heads})
                               .permute({2, 0, 3, 1, 4});
  at::Tensor logits = at::matmul(asked[0], asked[1].transpose(2, 3))
                          .div(std::sqrt(static_cast<double>(width / heads)));
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  if (hidden.defined()) logits = logits.masked_fill(hidden.view({n, 1, 1, length}), kNever);
  if (shape_.causal)
    logits = logits.masked_fill(at::ones({length, length}, at::kBool).triu(1), kNever);
  const at::Tensor weights = logits.softmax(-1);
  if (attention) *attention = weights;
  const at::Tensor seen =
      at::matmul(weights, asked[2]).permute({0, 2, 1, 3}).reshape({n * length, width});
  const at::Tensor y = x.add(block.out(seen).view({n, length, width}));
  return y.add(block.network(rows(block.before_network(y))).view({n, length, width}));
}

at::Tensor Transformer::operator()(at::Tensor x, const at::Tensor& hidden) const {
  for (int64_t layer = 0; layer < layers(); ++layer) x = block(layer, x, hidden);
  return last_(x);
}

}  // namespace cenote
