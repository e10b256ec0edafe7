// SPDX-License-Identifier: Apache-2.0
// What a backward pass needs beside tensors: the join and one number a link.
#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include <vector>

#include "kernel/segment.h"

namespace cenote {

/// Rides in a capsule of the autograd context, so that it lives as long as the backward pass may.
struct HeldJoin : torch::CustomClassHolder {
  JoinPtr join;
  std::vector<double> numbers;  // [E] or empty
};
using HeldJoinPtr = c10::intrusive_ptr<HeldJoin>;

inline HeldJoinPtr hold_join(const JoinPtr& join, std::vector<double> numbers = {}) {
  auto held = c10::make_intrusive<HeldJoin>();
  held->join = join;
  held->numbers = std::move(numbers);
  return held;
}

inline void keep(torch::autograd::AutogradContext* context, const HeldJoinPtr& held) {
  context->saved_data["held"] = c10::IValue::make_capsule(held);
}

inline const HeldJoin& kept(torch::autograd::AutogradContext* context) {
  return *static_cast<HeldJoin*>(context->saved_data["held"].toCapsule().get());
}

}  // namespace cenote
