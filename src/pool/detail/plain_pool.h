// SPDX-License-Identifier: Apache-2.0
// A pool without options and parameters is one function of its input; this makes the rest.
#pragma once

#include "pool/pool.h"

namespace cenote {

/// `make` of an entry whose pool is `pool(input)`, a tensor with one row a group.
template <at::Tensor (*pool)(const PoolInput& input)>
std::unique_ptr<Pool> make_plain_pool(const Options&, const PoolPlace&) {
  class PlainPool : public Pool {
   public:
    PoolResult forward(const PoolInput& input) const override { return {pool(input), input.join}; }
  };
  return std::make_unique<PlainPool>();
}

/// `out_width` of an entry whose result is as wide as its rows.
inline int64_t same_width(const Options&, int64_t width) { return width; }

}  // namespace cenote
