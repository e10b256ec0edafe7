// SPDX-License-Identifier: Apache-2.0
// How Cenote runs DuckDB: one set of settings to load with, one that task SQL is locked into.
#pragma once

#include <filesystem>

#include "database/duckdb.h"

namespace cenote {

/// Reads sources, writes the snapshot: several threads, nothing installed or loaded on its own.
DuckDatabase open_loader(const std::filesystem::path& file, const std::filesystem::path& spill);

/// Read-only, one thread unless what is asked is the same in any order (sums of floats are not), no files, no network, no
/// extension, and no way to change any of that. Every setting is read back.
DuckDatabase open_locked(const std::filesystem::path& file, const std::filesystem::path& spill,
                         int threads = 1);

}  // namespace cenote
