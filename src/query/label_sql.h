// SPDX-License-Identifier: Apache-2.0
// A checked question -> the SQL of its labels.
#pragma once

#include <string>

#include "query/bound.h"

namespace cenote::query {

/// What the columns of the label table are called.
struct LabelColumns {
  std::string time, entity, frame, target;
};

/// REQUIRES  a question that is not `missing`.
std::string label_sql(const BoundQuestion& question, const Schema& schema,
                      const LabelColumns& columns);

/// How many pairs of entity and time there are, and what is left of them after each condition: one row with
/// known, chosen (WHERE), assumed (ASSUMING), labels (with a value), empty (of the assumed: no rows in any window
/// of the target).
std::string count_sql(const BoundQuestion& question, const Schema& schema);

}  // namespace cenote::query
