// SPDX-License-Identifier: Apache-2.0
// The keys of --entities.
#pragma once

#include <string>
#include <vector>

#include "cenote/predict.h"

namespace cenote {

/// One key a line; or a CSV whose head has a column called as the key of the run's entity table.
/// Errors    io; bad_input for a file without a key or with a broken quote; not_found for the run.
std::vector<std::string> read_entities(const std::string& path, const RunOptions& run);

/// The part that needs no run.
std::vector<std::string> parse_entities(const std::string& text, const std::string& key_column,
                                        const std::string& path);

}  // namespace cenote
