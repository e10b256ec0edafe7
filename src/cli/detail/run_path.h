// SPDX-License-Identifier: Apache-2.0
// Where a fit writes to, and what it must not overwrite.
#pragma once

#include <string>

#include "cenote/fit.h"

namespace cenote {

/// "driver-dnf" of "driver-dnf", "tasks/driver-dnf/manifest.yaml" and "driver-dnf.yaml".
std::string task_name_of(const std::string& task);

/// The task's name, or one made of the question.
std::string asked_name(const FitOptions& options);

/// runs/<dataset>-<task>-<model>. The dataset is called as its manifest says, else as its file or folder.
std::string default_run_path(const FitOptions& options);

/// A run folder may be new, empty, or hold a run of the same task and model, which is then replaced or,
/// with --resume, continued; a warning says what is lost.
/// Errors    bad_input for a folder with another run or with anything else in it.
void check_run_path(const FitOptions& options, const Hooks& hooks);

}  // namespace cenote
