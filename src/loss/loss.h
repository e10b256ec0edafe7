// SPDX-License-Identifier: Apache-2.0
// Losses: what training minimises, row by row.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "base/registry.h"

namespace cenote {

/// Shapes    output [S, M] of the head, label [S, width]; result [S]: one loss a seed.
/// Gradient  with respect to output.
struct LossEntry {
  EntryInfo info;
  std::vector<std::string> task_types;  // those it is for
  bool is_default = false;              // of those task types
  at::Tensor (*loss)(const at::Tensor& output, const at::Tensor& label) = nullptr;
  /// From the head's output to what metrics take: identity, probability, probabilities. [S, M] -> [S, M]
  at::Tensor (*predict)(const at::Tensor& output) = nullptr;
};

#define CENOTE_LOSS(name)  \
  namespace entries {      \
  LossEntry loss_##name(); \
  }                        \
  LossEntry entries::loss_##name()

const Registry<LossEntry>& loss_registry();

}  // namespace cenote
