// SPDX-License-Identifier: Apache-2.0
// When rows became known, where their own table does not say so, or says so wrongly.
#pragma once

#include "database/stage.h"

namespace cenote {

/// Three rules for tables whose time nothing declares, in this order:
///  1. A guessed time column that others contradict is given up: most rows that refer to the table's rows are earlier
///     than these (in days), and it is one that is written when rows change (updated), or all its times are of one
///     day, as after a bulk load. Where it is neither, a warning says so.
///  2. A table without a time column takes the latest time of the rows that it refers to, before which its rows cannot have
///     been: order lines are as old as their order. Not if rows with a time refer to it in turn: then it is a thing that
///     is there for long, whose references may have been written later.
///  3. A table of values (value_table.h) counts from the first row that names each.
/// Rules 2 and 3 add a column. A manifest's `time_col: {through: [...]}` asks for rule 2 by these links alone.
/// Errors    bad_schema: `through` names no link to a table with a time.
void settle_row_times(const Source& source, Schema& schema, const Stage& stage);

}  // namespace cenote
