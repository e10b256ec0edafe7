// SPDX-License-Identifier: Apache-2.0
#include "layer/detail/row_encoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <algorithm>

#include "base/hash.h"
#include "kernel/linear.h"
#include "kernel/norm_relu.h"
#include "kernel/segment.h"

namespace cenote {

RowEncoder::RowEncoder(ParameterSet& parameters, const std::string& name, const TableCodes& codes,
                       std::span<const uint64_t> row_keys, Shape shape)
    : codes_(codes), row_keys_(row_keys), shape_(shape), name_hash_(hash_bytes(name)) {
  const auto affine = [&](const std::string& part, int64_t in, int64_t out) {
    auto [weight, bias] = parameters.declare_linear(name + "." + part, in, out);
    return Affine{weight, bias};
  };
  const auto norm = [&](const std::string& part) {
    return Affine{parameters.declare(name + "." + part + ".weight", {shape.width}, Init::ones),
                  parameters.declare(name + "." + part + ".bias", {shape.width}, Init::zeros)};
  };
  for (size_t c = 0; c < codes.learned.size(); ++c) {
    embeddings_.push_back(parameters.declare(name + "." + codes.learned_names[c] + ".embedding",
                                             {codes.learned[c].vocabulary, codes.learned[c].width},
                                             Init::normal, 0.3));
  }
  in_ = affine("in", codes.width(), shape.width);
  for (int64_t b = 0; b < shape.blocks; ++b) {
    const std::string block = "block" + std::to_string(b);
    blocks_.push_back(
        {affine(block + ".first", shape.width, shape.width), norm(block + ".first_norm"),
         affine(block + ".second", shape.width, shape.width), norm(block + ".second_norm")});
  }
  out_norm_ = norm("out_norm");
  out_ = affine("out", shape.width, shape.width);
}

at::Tensor RowEncoder::codes(std::span<const int64_t> rows) const {
  const auto type = in_.weight.options();
  const auto count = static_cast<int64_t>(rows.size());
  std::vector<at::Tensor> parts;
  if (codes_.fixed_width > 0) {
    const int64_t width = codes_.fixed_width;
    at::Tensor fixed = at::empty({count, width}, type.dtype(at::kFloat).requires_grad(false));
    float* out = fixed.mutable_data_ptr<float>();
    for (int64_t i = 0; i < count; ++i)
      std::copy_n(codes_.fixed.data() + rows[i] * width, width, out + i * width);
    parts.push_back(fixed.to(in_.weight.scalar_type()));
  }
  for (size_t c = 0; c < codes_.learned.size(); ++c) {
    const ColumnCodes& column = codes_.learned[c];
    auto bags = std::make_shared<Join>();
    for (const int64_t row : rows) {
      bags->rows.insert(bags->rows.end(), column.ids.begin() + column.offsets[row],
                        column.ids.begin() + column.offsets[row + 1]);
      bags->offsets.push_back(static_cast<int64_t>(bags->rows.size()));
    }
    parts.push_back(segment_mean(embeddings_[c], bags));
  }
  return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
}

at::Tensor RowEncoder::norm_relu_drop(const at::Tensor& x, const Affine& norm,
                                      const std::vector<uint64_t>& keys, const Pass& pass,
                                      uint64_t layer,
                                      const std::optional<at::Tensor>& residual) const {
  KeyedDropout dropout;
  if (pass.training && shape_.dropout > 0)
    dropout = {&keys, hash_combine(hash_combine(pass.key, name_hash_), layer), shape_.dropout};
  return norm_relu(x, norm.weight, norm.bias, dropout, residual);
}

at::Tensor RowEncoder::map(const at::Tensor& codes, const std::vector<uint64_t>& keys,
                           const Pass& pass) const {
  at::Tensor h = linear_rows(codes, in_.weight, in_.bias);
  for (size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    at::Tensor part = linear_rows(h, block.first.weight, block.first.bias);
    part = norm_relu_drop(part, block.first_norm, keys, pass, 2 * b);
    part = linear_rows(part, block.second.weight, block.second.bias);
    h = norm_relu_drop(part, block.second_norm, keys, pass, 2 * b + 1, h);
  }
  h = norm_relu(h, out_norm_.weight, out_norm_.bias);
  return linear_rows(h, out_.weight, out_.bias);
}

at::Tensor RowEncoder::encode(const at::Tensor& codes) const { return map(codes, {}, {}); }

at::Tensor RowEncoder::forward(std::span<const int64_t> rows, const Pass& pass) const {
  std::vector<uint64_t> keys;
  if (pass.training && shape_.dropout > 0) {
    keys.reserve(rows.size());
    for (const int64_t row : rows) {
      keys.push_back(row < static_cast<int64_t>(row_keys_.size()) ? row_keys_[row] : 0);
    }
  }
  return map(codes(rows), keys, pass);
}

}  // namespace cenote
