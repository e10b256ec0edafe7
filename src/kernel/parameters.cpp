// SPDX-License-Identifier: Apache-2.0
#include "kernel/parameters.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"

namespace cenote {

at::Tensor ParameterSet::declare(const std::string& name, const std::vector<int64_t>& shape,
                                 Init init, double scale) {
  CENOTE_ASSERT(std::find(names_.begin(), names_.end(), name) == names_.end());
  // Drawn in double and rounded, so float32 and float64 models start from the same numbers.
  at::Tensor value = at::empty(shape, at::TensorOptions().dtype(at::kDouble));
  double* out = value.mutable_data_ptr<double>();
  Random random(hash_combine(seed_, hash_bytes(name)));
  for (int64_t i = 0; i < value.numel(); ++i) {
    switch (init) {
      case Init::zeros: out[i] = 0; break;
      case Init::ones: out[i] = 1; break;
      case Init::uniform: out[i] = (2 * random.uniform() - 1) * scale; break;
      case Init::normal: out[i] = random.normal() * scale; break;
    }
  }
  at::Tensor parameter = value.to(type_);
  parameter.requires_grad_();
  names_.push_back(name);
  tensors_.push_back(parameter);
  return parameter;
}

std::pair<at::Tensor, at::Tensor> ParameterSet::declare_linear(const std::string& name, int64_t in,
                                                               int64_t out) {
  const double scale = 1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, in)));
  at::Tensor weight = declare(name + ".weight", {out, in}, Init::uniform, scale);
  at::Tensor bias = declare(name + ".bias", {out}, Init::uniform, scale);
  return {weight, bias};
}

const at::Tensor& ParameterSet::at(const std::string& name) const {
  const auto it = std::find(names_.begin(), names_.end(), name);
  CENOTE_CHECK(it != names_.end(), not_found, "no parameter '{}'; {}", name,
               choices_hint(name, names_));
  return tensors_[static_cast<size_t>(it - names_.begin())];
}

int64_t ParameterSet::count() const {
  int64_t total = 0;
  for (const auto& tensor : tensors_) total += tensor.numel();
  return total;
}

}  // namespace cenote
