// SPDX-License-Identifier: Apache-2.0
// The labels of a question as texts, for a person to look at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "task/question_task.h"

namespace cenote {

struct AskedLabels {
  std::string split;
  std::vector<int64_t> times;              // at which is asked, ascending
  std::vector<int64_t> time;               // [N] of each label, ascending
  std::vector<std::string> entity, label;  // [N]
  std::vector<double> number;              // [N] of numbers; of a ranking: how long the list is
  std::vector<int64_t> frame;              // [N] of a forecast
  std::vector<int64_t> counts;  // known, chosen, assumed, empty; nothing of missing values
};

/// Train, val and test. Errors and warnings as make_labels(), where it makes them.
std::vector<AskedLabels> asked_labels(const AskedTask& asked, const Snapshot& snapshot,
                                      const Hooks& hooks);

}  // namespace cenote
