// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace cenote {

/// Numbers of rows, column by column; NaN = missing.
struct FeatureMatrix {
  int64_t rows = 0;
  std::vector<std::vector<float>> columns;
};

}  // namespace cenote
