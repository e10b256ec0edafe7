// SPDX-License-Identifier: Apache-2.0
// The named parameters of a model, drawn from keys made of their names.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cenote {

enum class Init { zeros, ones, uniform, normal };

/// Parameters in the order they were declared: the order of files and of every sum over parameters.
///
/// A parameter's first values depend on the seed number and its own name only, so that declaring another
/// one changes none of the rest.
/// Threads    declare in one thread; reading is safe from many.
class ParameterSet {
 public:
  explicit ParameterSet(uint64_t seed = 0, at::ScalarType type = at::kFloat)
      : seed_(seed), type_(type) {}

  /// Adds a parameter and returns it (a handle to the same storage).
  /// scale: uniform draws from [-scale, scale], normal has standard deviation `scale`.
  /// Errors    internal if the name is taken.
  at::Tensor declare(const std::string& name, const std::vector<int64_t>& shape, Init init,
                     double scale = 1);
  /// weight [out, in] and bias [out] of an affine map, uniform in +-1/sqrt(in), as torch.nn.Linear.
  std::pair<at::Tensor, at::Tensor> declare_linear(const std::string& name, int64_t in,
                                                   int64_t out);

  const std::vector<std::string>& names() const { return names_; }
  const std::vector<at::Tensor>& tensors() const { return tensors_; }
  /// Errors    not_found.
  const at::Tensor& at(const std::string& name) const;
  int64_t count() const;  // numbers in all

 private:
  uint64_t seed_;
  at::ScalarType type_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> tensors_;
};

}  // namespace cenote
