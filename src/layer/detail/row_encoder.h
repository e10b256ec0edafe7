// SPDX-License-Identifier: Apache-2.0
// From the codes of a row's columns to one vector: the part of a network that is computed once per distinct
// row of a batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "encode/detail/table_encoder.h"
#include "kernel/parameters.h"

namespace cenote {

/// What dropout is keyed by, and whether there is any.
struct Pass {
  bool training = false;
  uint64_t key = 0;  // of the seed number and the step
};

/// A residual network over a table's codes.
///
///   h = W c + b;  h += Drop(ReLU(LN(V2 Drop(ReLU(LN(V1 h))))))  (blocks times);  out = W' ReLU(LN(h)) + b'
///
/// Shapes    rows [n] in [0, N], N: missing; result [n, width].
/// Gradient  with respect to the parameters.
/// Cost      O(n width (codes + (2 blocks + 1) width)).
/// Threads   safe to call concurrently.
/// Source    Gorishniy et al. 2021, arXiv:2106.11959 (ResNet for tables), as RelBench's reference has it; there
///           each column is first mapped to `width` numbers, here the first map does both (no non-linearity
///           stands between them, so the functions are the same).
class RowEncoder {
 public:
  struct Shape {
    int64_t width = 128;  // a multiple of 32
    int64_t blocks = 4;
    double dropout = 0.2;
  };
  RowEncoder(ParameterSet& parameters, const std::string& name, const TableCodes& codes,
             std::span<const uint64_t> row_keys, Shape shape);
  at::Tensor forward(std::span<const int64_t> rows, const Pass& pass) const;
  /// forward() in two steps, without dropout: the codes c [n, codes] of rows, and what becomes of them. Between the
  /// two a code may be given another value. Gradient of the second with respect to c too.
  at::Tensor codes(std::span<const int64_t> rows) const;
  at::Tensor encode(const at::Tensor& codes) const;

 private:
  struct Affine {
    at::Tensor weight, bias;
  };
  struct Block {
    Affine first, first_norm, second, second_norm;
  };
  at::Tensor map(const at::Tensor& codes, const std::vector<uint64_t>& keys,
                 const Pass& pass) const;
  at::Tensor norm_relu_drop(const at::Tensor& x, const Affine& norm,
                            const std::vector<uint64_t>& keys, const Pass& pass, uint64_t layer,
                            const std::optional<at::Tensor>& residual = {}) const;

  const TableCodes& codes_;
  std::span<const uint64_t> row_keys_;
  Shape shape_;
  uint64_t name_hash_;
  std::vector<at::Tensor> embeddings_;  // by learned column
  Affine in_, out_norm_, out_;
  std::vector<Block> blocks_;
};

}  // namespace cenote
