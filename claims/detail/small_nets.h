// SPDX-License-Identifier: Apache-2.0
// Parts of small models that claims train.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernel/parameters.h"
#include "kernel/segment.h"
#include "pool/pool.h"

namespace cenote {

/// Affine maps with ReLU between them.
class Mlp {
 public:
  /// `widths`: of the input, the hidden layers and the output.
  Mlp(ParameterSet& parameters, const std::string& name, const std::vector<int64_t>& widths);
  at::Tensor operator()(at::Tensor x) const;

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> maps_;
};

/// A pool of the registry with options as text, for rows of `width`; its parameters are called PLACE.<...>.
class NamedPool {
 public:
  NamedPool(ParameterSet& parameters, const std::string& name, int64_t width,
            const std::vector<std::pair<std::string, std::string>>& options = {},
            const std::string& place = "pool");
  at::Tensor operator()(const PoolInput& input) const { return pool_->forward(input).value; }
  PoolResult result(const PoolInput& input) const { return pool_->forward(input); }
  bool needs_query() const { return needs_query_; }
  int64_t out_width() const { return out_width_; }

 private:
  std::unique_ptr<Pool> pool_;
  bool needs_query_;
  int64_t out_width_;
};

/// Values of the parameters that both sets have, by name.
void copy_parameters(const ParameterSet& from, const ParameterSet& to);

/// `groups` groups of `size` rows that stand one after another.
JoinPtr join_of_runs(int64_t groups, int64_t size);
/// Groups of these sizes.
JoinPtr join_of_sizes(const std::vector<int64_t>& sizes);

/// A tensor of these numbers, float32.
at::Tensor float_tensor(const std::vector<double>& numbers, const std::vector<int64_t>& shape);

double mean_squared_error(const at::Tensor& got, const at::Tensor& wanted);

}  // namespace cenote
