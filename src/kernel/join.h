// SPDX-License-Identifier: Apache-2.0
// A join: which rows belong to which group.
#pragma once

#include <cstdint>
#include <vector>

namespace cenote {

/// Compressed incidence: the rows of group g are rows[offsets[g]] ... rows[offsets[g + 1] - 1], in an
/// order that is part of the join (children by time, then by key). A row may belong to many groups.
struct Join {
  std::vector<int64_t> offsets{0};  // [G + 1], not decreasing, from 0
  std::vector<int64_t> rows;        // [E], each in [0, N) of the tensor that is pooled

  int64_t groups() const { return static_cast<int64_t>(offsets.size()) - 1; }
  int64_t links() const { return static_cast<int64_t>(rows.size()); }
  int64_t size(int64_t group) const {
    return offsets[static_cast<size_t>(group) + 1] - offsets[static_cast<size_t>(group)];
  }
};

}  // namespace cenote
