// SPDX-License-Identifier: Apache-2.0
// What the segment kernels share: argument checks and the choice between float and double.
#pragma once

#include <ATen/core/Tensor.h>

#include "base/check.h"
#include "kernel/join.h"

// Loops marked so are compiled for several instruction sets and chosen at run time. They only differ in
// how many columns are handled at once, never in the order of additions (and -ffp-contract=off keeps
// them from fusing), so the bytes are the same.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define CENOTE_WIDE __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define CENOTE_WIDE
#endif

namespace cenote {

/// Calls body with a value of the tensor's element type. Errors bad_shape for other types.
template <class Body>
auto dispatch_floating(std::string_view name, const at::Tensor& x, const Body& body) {
  if (x.scalar_type() == at::kFloat) return body(float{});
  CENOTE_CHECK(x.scalar_type() == at::kDouble, bad_shape, "{}: wants float32 or float64 numbers",
               name);
  return body(double{});
}

/// REQUIRES of every segment function: x is [N, D], and the join's rows lie in it.
inline void check_join(std::string_view name, const at::Tensor& x, const Join& join) {
  CENOTE_CHECK(x.dim() == 2, bad_shape, "{}: rows must be [N, D], got {} sizes", name, x.dim());
  const int64_t rows = x.size(0);
  for (const int64_t row : join.rows) {
    CENOTE_CHECK(row >= 0 && row < rows, bad_shape, "{}: the join names row {}, there are {}", name,
                 row, rows);
  }
  CENOTE_CHECK(join.offsets.back() == join.links(), bad_shape,
               "{}: the join's last offset is {}, it has {} rows", name, join.offsets.back(),
               join.links());
}

}  // namespace cenote
