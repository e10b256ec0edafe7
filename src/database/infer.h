// SPDX-License-Identifier: Apache-2.0
// Keys, links and time columns that nothing declares: names propose, values decide.
//
// Every decision is a function of names and of counts over all rows, so neither the order of the rows
// nor chance plays a part. Each guess carries its reason and how sure it is.
#pragma once

#include "database/stage.h"

namespace cenote {

struct KeyGuess {
  std::string column;  // empty: none
  double confidence = 0;
  std::string reason;
};

/// One column without nulls or repeats whose name speaks for it. Keys of several columns are not guessed.
KeyGuess infer_primary_key(const Table& table, const Stage& stage);

/// A column of times (or of texts or whole numbers that are times) whose name speaks for it most.
KeyGuess infer_time_column(const Table& table, const Stage& stage);

/// Links from `child` to the primary keys of one column of other tables and its own: the name speaks for it
/// and the values are found there. At most one per column.
std::vector<Link> infer_links(const Table& child, const Schema& schema, const Stage& stage);

}  // namespace cenote
