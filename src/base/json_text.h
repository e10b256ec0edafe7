// SPDX-License-Identifier: Apache-2.0
// JSON from files: whoever wrote them, reading them is an Error at worst.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace cenote {

/// More levels than any document of ours has.
inline constexpr int kDeepestJson = 64;

/// Parses a document of at most `deepest` nested lists and objects: a deeper one would exhaust the stack of
/// whoever walks through it. `what` begins the message: "runs/a/run.json".
/// Errors    bad_input: "<what>: is not valid JSON", "<what>: is nested too deeply".
/// Cost      O(text); the depth is counted before anything is allocated.
nlohmann::json parse_json(std::string_view text, const std::string& what,
                          int deepest = kDeepestJson);

}  // namespace cenote
