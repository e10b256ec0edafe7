// SPDX-License-Identifier: Apache-2.0
// A run folder: what fit writes and evaluate, predict read (docs/formats.md).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "cenote/predict.h"
#include "cenote/source.h"
#include "engine/model_file.h"

namespace cenote {

struct RunPaths {
  explicit RunPaths(const std::filesystem::path& folder);
  std::filesystem::path folder, model, run, metrics, log, schedule, checkpoint, parts, lock;
};

/// A name as part of a file name: letters, digits and -_. stay, everything else becomes _; never empty, hidden
/// or a way out of the folder.
std::string plain_name(std::string name);

/// The model of a run. Errors not_found if there is no such run; bad_input for a damaged one.
ModelFile read_run_model(const std::string& run);

/// The run's model and source; fields that `options` sets win.
struct OpenRun {
  ModelFile model;
  SourceOptions source;
  Protocol protocol;
  std::string task;  // as fit was given it: a name, or an absolute path; may be empty
};
/// Errors    not_found if there is no such run; bad_input for a damaged one.
OpenRun open_run(const RunOptions& options);

}  // namespace cenote
