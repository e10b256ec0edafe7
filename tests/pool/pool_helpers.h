// SPDX-License-Identifier: Apache-2.0
// What tests of pools share: small joins, and the three golden rows of the literature table.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "pool/pool.h"

namespace cenote {

/// A join from the rows of each group.
inline JoinPtr make_join(const std::vector<std::vector<int64_t>>& groups) {
  auto join = std::make_shared<Join>();
  for (const auto& rows : groups) {
    join->rows.insert(join->rows.end(), rows.begin(), rows.end());
    join->offsets.push_back(join->links());
  }
  return join;
}

/// (1, -0.5), (2, 0.25), (4, 1.5): the rows whose pooled values the tests know by hand.
inline at::Tensor golden_rows(at::ScalarType type = at::kDouble) {
  return at::tensor({1., -0.5, 2., 0.25, 4., 1.5}, type).view({3, 2});
}

/// A pool of an entry with default options, or those given as {name, text} pairs.
struct MadePool {
  ParameterSet parameters;
  std::unique_ptr<Pool> pool;

  MadePool(const std::string& name, int64_t width,
           const std::vector<std::pair<std::string, std::string>>& options = {},
           at::ScalarType type = at::kDouble, uint64_t seed = 7)
      : parameters(seed, type) {
    const PoolEntry& entry = pool_registry().at(name);
    Options values(entry.info.options);
    for (const auto& [option, text] : options) values.set(name, option, text);
    pool = entry.make(values, {parameters, "pool", width});
  }
  at::Tensor operator()(const PoolInput& input) const { return pool->forward(input).value; }
};

inline void expect_values(const at::Tensor& got, std::initializer_list<double> wanted,
                          double tolerance = 1e-6) {
  const at::Tensor flat = got.detach().to(at::kDouble).contiguous().view({-1});
  ASSERT_EQ(flat.numel(), static_cast<int64_t>(wanted.size()));
  const double* value = flat.const_data_ptr<double>();
  for (const double want : wanted) EXPECT_NEAR(*value++, want, tolerance);
}

}  // namespace cenote
