// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "database/snapshot.h"

namespace cenote {

/// A table of the snapshot as SQL after FROM, its rows after a moment deleted, moved among each other column by
/// column, or overwritten. Primary keys stay; rows that are left keep their order. Of overwritten rows the time is the
/// first moment after.
std::string changed_relation(const Table& table, const std::string& database,
                             const FutureChange& change);

}  // namespace cenote
