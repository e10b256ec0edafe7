// SPDX-License-Identifier: Apache-2.0
// Words of the command line -> options, for every verb alike.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cenote/error.h"
#include "cenote/predict.h"
#include "cenote/source.h"

namespace cenote {

/// The words do not make sense: exit code 2.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(ErrorCode::bad_input, message) {}
};

/// What every verb takes.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  int threads = 0;  // 0: as many as there are cores
};

void add_common_options(CLI::App& app, CommonOptions& options);
/// SOURCE, --manifest, --on-duplicate-key, --val-timestamp, --test-timestamp. `positional`: SOURCE is the
/// first word; else it is --source.
void add_source_options(CLI::App& app, SourceOptions& options, bool positional);
/// --split and --eval-times, of a question.
void add_question_options(CLI::App& app, std::string& split, int64_t& eval_times);
/// "2005-01-01,2010-01-01" as --val-timestamp and --test-timestamp. Errors    UsageError.
void apply_split(const std::string& split, SourceOptions& source);
/// RUN, --protocol and the options of another source than the run's own.
void add_run_options(CLI::App& app, RunOptions& options);

/// Parses; false after --help, whose page has been printed. Errors    UsageError.
bool parse_words(CLI::App& app, const std::vector<std::string>& words);

}  // namespace cenote
