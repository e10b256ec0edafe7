// SPDX-License-Identifier: Apache-2.0
// Pools that are made of other pools' values of the same rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pool/pool.h"

namespace cenote {

/// Works in parts where all of its own do: its state is theirs, side by side.
class ComposedPool : public Pool {
 public:
  PoolResult forward(const PoolInput& input) const final;
  at::Tensor state(const PoolInput& input) const final;
  at::Tensor merge(const at::Tensor& one, const at::Tensor& other) const final;
  at::Tensor finish(const at::Tensor& state) const final;

 protected:
  /// `parts`: names of pools, with their default options and parameters below PLACE.PART.
  /// Errors    not_found; bad_input for one that needs more than rows, or stands in itself.
  ComposedPool(const std::string& name, const PoolPlace& place,
               const std::vector<std::string>& parts);
  /// Of the parts' values; parameters are float or double as these are.
  virtual at::Tensor combine(const std::vector<at::Tensor>& values) const = 0;

 private:
  template <class Of>
  std::vector<at::Tensor> of_parts(const at::Tensor& states, const Of& of) const;

  std::string name_;
  std::vector<std::unique_ptr<Pool>> parts_;
  std::vector<int64_t> state_sizes_;  // empty: does not work in parts
};

/// "mean, max" -> {"mean", "max"}. Errors bad_input naming `what` for an empty name.
std::vector<std::string> split_names(const std::string& text, const std::string& what);

}  // namespace cenote
