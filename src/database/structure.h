// SPDX-License-Identifier: Apache-2.0
// Keys, time columns and links of a staged database: what is declared, and guesses for the rest.
#pragma once

#include "database/stage.h"

namespace cenote {

/// Fills primary keys, time columns and links of `schema` (its tables are copied already), checks them
/// and marks key columns. Links come out in the order of the schema's contract.
/// Errors    bad_schema, bad_input; each names table and column.
void build_structure(const Source& source, const std::string& on_duplicate_key, Schema& schema,
                     const Stage& stage);

}  // namespace cenote
