// SPDX-License-Identifier: Apache-2.0
// Results of claims as files: one JSON a claim, and the page made from all of them.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "claim/run_claim.h"

namespace cenote {

nlohmann::ordered_json to_json(const ClaimResult& result);
/// Errors bad_input naming `what`.
ClaimResult claim_result_from(const std::string& text, const std::string& what);

/// NAME.json, and NAME.svg where the claim has a chart; the folder is made where it is missing.
void write_claim_result(const std::filesystem::path& folder, const ClaimEntry& claim,
                        const ClaimResult& result);
/// Of every claim of the registry that has a file in the folder, by number.
std::vector<ClaimResult> read_claim_results(const std::filesystem::path& folder);

/// The page of all claims, in Markdown. `pictures`: the folder of the SVG files as seen from the page.
std::string claims_page(const std::vector<ClaimResult>& results, const std::string& pictures);

}  // namespace cenote
