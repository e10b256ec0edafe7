// SPDX-License-Identifier: Apache-2.0
// Pools whose value is one row of the group, picked by its order key.
#pragma once

#include <string>

#include "pool/detail/folded_pool.h"

namespace cenote {

class PickedRowPool : public FoldedPool {
 public:
  /// Errors    as `sum`; bad_input without order keys, or if one is NaN.
  PoolResult forward(const PoolInput& input) const final;

 protected:
  PickedRowPool(const PoolPlace& place, std::string name, const PoolTraits& traits)
      : FoldedPool(place.width, 2 + place.width, place.width),
        name_(std::move(name)),
        traits_(traits) {}
  /// Whether a row with this key takes the place of one with the best so far.
  virtual bool is_better(double key, double best) const = 0;
  /// Whether a row may be picked at all.
  virtual bool may_be_picked(double) const { return true; }

 private:
  // A state is whether there is a row, its key, and the row.
  void add(double* s, const double* row, double weight, double key) const final;
  void join_states(double* s, const double* other) const final;
  void result(const double* s, double* out) const final;

  std::string name_;
  PoolTraits traits_;
};

}  // namespace cenote
