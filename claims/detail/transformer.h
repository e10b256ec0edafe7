// SPDX-License-Identifier: Apache-2.0
// A small transformer over sequences of one length.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "claims/detail/small_nets.h"

namespace cenote {

struct TransformerShape {
  int64_t width = 64, heads = 4, layers = 4;
  bool causal = false;  // a row sees itself and those before it
};

/// Blocks of attention and of a network four times as wide, each after a normalisation and beside the row itself; a
/// normalisation at the end.
class Transformer {
 public:
  Transformer(ParameterSet& parameters, const std::string& name, const TransformerShape& shape);

  /// `hidden`: which rows of each sequence are padding, [n, length] bool, or undefined.
  at::Tensor operator()(at::Tensor x, const at::Tensor& hidden = {}) const;

  // The parts, for models that do something between them.
  int64_t layers() const { return static_cast<int64_t>(blocks_.size()); }
  /// `attention`: where the weights [n, heads, length, length] go, if not null.
  at::Tensor block(int64_t layer, const at::Tensor& x, const at::Tensor& hidden = {},
                   at::Tensor* attention = nullptr) const;
  at::Tensor normed(const at::Tensor& x) const { return last_(x); }

 private:
  struct Norm {
    at::Tensor weight, bias;
    at::Tensor operator()(const at::Tensor& x) const;
  };
  struct Block {
    Norm before_attention, before_network;
    Mlp asked, out, network;
  };
  static Norm norm(ParameterSet& parameters, const std::string& name, int64_t width);

  TransformerShape shape_;
  std::vector<Block> blocks_;
  Norm last_;
};

}  // namespace cenote
