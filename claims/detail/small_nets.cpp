// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/small_nets.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>

#include <algorithm>

#include "base/check.h"
#include "kernel/linear.h"

namespace cenote {

Mlp::Mlp(ParameterSet& parameters, const std::string& name, const std::vector<int64_t>& widths) {
  for (size_t k = 0; k + 1 < widths.size(); ++k)
    maps_.push_back(
        parameters.declare_linear(name + "." + std::to_string(k), widths[k], widths[k + 1]));
}

at::Tensor Mlp::operator()(at::Tensor x) const {
  for (size_t k = 0; k < maps_.size(); ++k) {
    if (k > 0) x = at::relu(x);
    x = linear_rows(x, maps_[k].first, maps_[k].second);
  }
  return x;
}

NamedPool::NamedPool(ParameterSet& parameters, const std::string& name, int64_t width,
                     const std::vector<std::pair<std::string, std::string>>& options,
                     const std::string& place) {
  const PoolEntry& entry = pool_registry().at(name);
  Options values(entry.info.options);
  for (const auto& [option, text] : options) values.set(name, option, text);
  pool_ = entry.make(values, {parameters, place, width});
  needs_query_ = entry.traits.needs_query;
  out_width_ = entry.out_width(values, width);
}

void copy_parameters(const ParameterSet& from, const ParameterSet& to) {
  const at::NoGradGuard no_gradients;
  for (size_t i = 0; i < to.names().size(); ++i) {
    const auto& names = from.names();
    if (std::find(names.begin(), names.end(), to.names()[i]) == names.end()) continue;
    at::Tensor target = to.tensors()[i];
    target.copy_(from.at(to.names()[i]));
  }
}

JoinPtr join_of_sizes(const std::vector<int64_t>& sizes) {
  auto out = std::make_shared<Join>();
  for (const int64_t size : sizes) {
    for (int64_t i = 0; i < size; ++i) out->rows.push_back(out->links());
    out->offsets.push_back(out->links());
  }
  return out;
}

JoinPtr join_of_runs(int64_t groups, int64_t size) {
  return join_of_sizes(std::vector<int64_t>(static_cast<size_t>(groups), size));
}

at::Tensor float_tensor(const std::vector<double>& numbers, const std::vector<int64_t>& shape) {
  at::Tensor out = at::empty(shape, at::kFloat);
  CENOTE_ASSERT(out.numel() == static_cast<int64_t>(numbers.size()));
  for (size_t i = 0; i < numbers.size(); ++i)
    out.mutable_data_ptr<float>()[i] = static_cast<float>(numbers[i]);
  return out;
}

double mean_squared_error(const at::Tensor& got, const at::Tensor& wanted) {
  return got.detach().sub(wanted).pow(2).mean().item<double>();
}

}  // namespace cenote
