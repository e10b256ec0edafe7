// SPDX-License-Identifier: Apache-2.0
// Column types that the manifest declares.
#pragma once

#include "database/canonical.h"
#include "database/stage.h"

namespace cenote {

/// Gives a column its declared type, and `form` the storage that the type is read from: a number written as
/// text, a boolean as 'yes', a text that holds times. The time column itself keeps its form, because a value
/// of it that is no time is an error there; so do keys.
/// Errors    bad_schema naming table and column, where no value could ever fit.
void apply_declared_type(const ManifestColumn& declared, const SourceTable& source, Column& column,
                         Canonical& form);

/// Whether a column is in a key that the source declares.
bool is_declared_key(const SourceTable& source, const std::string& column);

/// Warns of the values of `relation` that a column's declared type has no place for: they become missing.
void count_misfits(const SourceTable& source, const std::string& relation, const Column& column,
                   const Canonical& form, const Stage& stage);

}  // namespace cenote
