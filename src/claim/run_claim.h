// SPDX-License-Identifier: Apache-2.0
// A claim over its seeds, and what came of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "cenote/hooks.h"
#include "claim/verdict.h"

namespace cenote {

struct ClaimOptions {
  bool quick = false;
  int64_t seeds = 0;                // 0: as many as the claim asks for
  std::filesystem::path data = {};  // empty: CENOTE_DATA, else ../shared/data
  int threads = 0;                  // 0: all that this process may use
  double seconds = 0;               // no seed begins later, but for the first; 0: no limit
};

struct ClaimResult {
  std::string name;
  bool quick = false;
  Verdict verdict = Verdict::undecided;
  std::string reason = {};
  int64_t seeds = 0;                                                      // that ran: 0, 1, ...
  std::vector<std::pair<std::string, std::vector<double>>> figures = {};  // by name: one a seed
  std::vector<JudgedCondition> conditions = {};
  double seconds = 0;
  int threads = 1;
  std::string processor = {}, version = {};

  /// Errors internal for no such figure.
  const std::vector<double>& figure(const std::string& name) const;
};

/// Runs the claim for each seed and judges the figures. Where its data are not at hand the verdict is `skipped`.
///
/// Threads   seeds are shared out, each on one thread, unless the claim runs alone; figures do not depend on how.
/// Errors    cancelled; whatever the claim throws.
ClaimResult run_claim(const std::string& name, const ClaimEntry& claim, const ClaimOptions& options,
                      const Hooks& hooks = {});

}  // namespace cenote
