// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cenote/hooks.h"
#include "cenote/predict.h"

namespace cenote {

struct ReportOptions {
  RunOptions run;
  std::string out;  // a file; empty: report.html in the run folder
};

/// Writes a run as one HTML file that a person can read without any program but a browser, and without a network: the
/// question, the database, the splits, figures beside those of the simplest models, plots, what the model looks at, what
/// `check` found, and how to do it again. Everything that comes from the data is escaped.
///
/// Returns   the path of the file, which is written whole or not at all.
/// Errors    Error, as of evaluate() and check().
std::string write_report(const ReportOptions& options, const Hooks& hooks = {});

}  // namespace cenote
