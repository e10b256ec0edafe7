// SPDX-License-Identifier: Apache-2.0
// What entries of pools are made of.
#pragma once

#include "pool/pool.h"

namespace cenote {

/// `make` of an entry whose pool is made from options and place.
template <class Made>
std::unique_ptr<Pool> make_pool(const Options& options, const PoolPlace& place) {
  return std::make_unique<Made>(options, place);
}

/// `make` of an entry without options and parameters whose pool is `pool(input)`, a tensor with one row a group.
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
