// SPDX-License-Identifier: Apache-2.0
// Storage of columns, joins and codes compared with plain vectors, for EXPECT_EQ.
#pragma once

#include <algorithm>
#include <vector>

#include "base/paged_memory.h"

namespace cenote {

template <class T>
bool operator==(const PagedVector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace cenote
