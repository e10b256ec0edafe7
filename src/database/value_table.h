// SPDX-License-Identifier: Apache-2.0
// Tables that the source does not have: the values of columns, one row each.
//
// Ratings by `userId` without a table of users still are the ratings of users: a table of the values gives the rows
// that share one a common parent, and questions something to ask about.
#pragma once

#include "database/stage.h"

namespace cenote {

/// Makes the tables that a manifest declares by `values_of`, and the links to them.
/// Errors    bad_schema naming the table and what it names that is not there.
void add_declared_values(const Source& source, Schema& schema, const Stage& stage);

/// A table for the columns of `tables` that identify something of which there is no table and no link yet: called like an
/// identifier (user_id, not country_code), at least 20 values, on average twice each. Columns that are called
/// alike share one.
void add_implied_values(const std::vector<std::string>& tables, Schema& schema, const Stage& stage);

}  // namespace cenote
