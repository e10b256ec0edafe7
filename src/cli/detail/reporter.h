// SPDX-License-Identifier: Apache-2.0
// Progress, warnings and Ctrl-C of a verb.
#pragma once

#include <memory>

#include "cenote/hooks.h"
#include "cli/detail/arguments.h"

namespace cenote {

/// Prints what the library reports to standard error: on a terminal one line that is rewritten, elsewhere
/// a plain line per epoch or phase, nothing with --quiet.
///
/// Ownership  hooks() refers to the reporter, which must outlive the call that it is given to.
class Reporter {
 public:
  explicit Reporter(const CommonOptions& options);
  ~Reporter();
  Hooks hooks();
  /// Ends the live line, before anything else is printed.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SIGINT and SIGTERM ask the running work to stop after a checkpoint; a second one ends the program.
void catch_signals();
/// The signal that came, or 0.
int caught_signal();

}  // namespace cenote
