// SPDX-License-Identifier: Apache-2.0
// What attached databases share: their tables and the keys that their own catalogues declare.
#pragma once

#include <string>
#include <vector>

#include "database/source.h"

namespace cenote {

/// Tables and views of an attached database, in name order. Those of `home_schema` go by their name,
/// others by schema.name. `origin` is the database as a message shows it.
std::vector<SourceTable> list_attached(DuckDatabase& loader, const std::string& alias,
                                       const std::string& home_schema, const std::string& origin);

/// Rows of (table, constraint, column, parent table, parent column), ordered by table, constraint and place
/// in the key. Parent table "": a primary key. Parent column "": the parent's primary key. Names are those of
/// list_attached; rows of other tables are read past.
void apply_catalogue(const QueryResult& keys, std::vector<SourceTable>& tables);

}  // namespace cenote
