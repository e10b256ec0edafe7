// SPDX-License-Identifier: Apache-2.0
// Models trained on a database as `cenote fit` does.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "claim/claim.h"

namespace cenote {

/// The bundled Formula 1 database, as claims list it under their data.
inline const std::string kFormula1 = "examples/f1";

struct FittedTask {
  std::string source, task, metric;
  std::string protocol = "rolling";
};

struct Fitted {
  double validation, test;  // of the question's metric
};

/// Fits a model with all threads of the run and evaluates it; the run folder is a temporary one.
/// Errors    Error; not_found for a metric that the task does not have.
Fitted fitted(const FittedTask& question, const std::string& model,
              const std::vector<std::pair<std::string, std::string>>& set, const ClaimRun& run);

}  // namespace cenote
