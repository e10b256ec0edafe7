// SPDX-License-Identifier: Apache-2.0
// The command line: one verb per file of src/cli/.
#pragma once

#include <string>
#include <vector>

#include "base/registry.h"

namespace cenote {

/// A verb. `run` gets the words after the verb and returns the exit code; it may throw Error.
/// Exit codes: 0, 1 (failed), 2 (usage), 130 and 143 (interrupted, terminated).
struct CliEntry {
  EntryInfo info;     // summary; example: a command line
  std::string usage;  // "cenote inspect SOURCE [--write-manifest FILE]"
  int (*run)(const std::vector<std::string>& words) = nullptr;
};

/// Begins an entry: CENOTE_CLI(inspect) { return {...}; } in src/cli/inspect.cpp.
#define CENOTE_CLI(name) \
  namespace entries {    \
  CliEntry cli_##name(); \
  }                      \
  CliEntry entries::cli_##name()

const Registry<CliEntry>& cli_registry();

/// The whole program: finds the verb, runs it, prints an error as one line (or as JSON with --json).
int run_command_line(int argc, char** argv);

}  // namespace cenote
