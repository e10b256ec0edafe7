// SPDX-License-Identifier: Apache-2.0
// Primary keys and links: put into one storage type, checked, counted.
#pragma once

#include "database/stage.h"

namespace cenote {

/// A declared link with its columns filled in. Errors    bad_schema naming table, column and link.
Link resolve_link(const SourceTable& source, const ManifestLink& declared, const Schema& schema);

/// "c.a = p.x AND c.b = p.y": where a row `child` refers to a row `parent`.
std::string equal_keys(const Link& link, const std::string& child, const std::string& parent);

/// Gives keys one storage type on both ends of every link: 3.0 and '3' refer to 3.
/// Errors    bad_schema with an example value where that cannot be.
void unify_key_types(Schema& schema, const Stage& stage);

/// Primary keys: duplicates are an error, or all but the first are dropped; null keys are counted.
/// "First" is by time, then by all columns' values, so that the order of the rows plays no part.
void check_primary_key(Table& table, const std::string& on_duplicate_key, const Stage& stage);

/// Links: the referenced columns are unique; dangling references are counted.
void check_link(Link& link, const Schema& schema, const Stage& stage);

}  // namespace cenote
