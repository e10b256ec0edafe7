// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "cenote/source.h"

namespace cenote {

struct CheckOptions {
  SourceOptions source;
  std::string task;         // a name in the dataset folder, or a path to a task manifest
  std::string question;     // or a question in the PREDICT language instead
  int64_t eval_times = 40;  // of a question: so many times in validation and in test, at most
  std::string run;  // the run whose model is put to the proof; empty: a small one made for it
  std::string protocol = "rolling";
  std::string as_of = "inclusive";
  uint64_t seed = 0;
  int threads = 0;
};

/// Something a person should look at.
struct CheckFinding {
  std::string level;   // leak: knowledge from later is used | warning: it may be | note
  std::string code;    // "future_changes_predictions", "too_good", ...
  std::string table;   // may be empty
  std::string column;  // may be empty
  std::string message;
  std::string advice;  // what to do
};

/// Levels in order of weight.
inline constexpr const char* kLeak = "leak";
inline constexpr const char* kWarning = "warning";
inline constexpr const char* kNote = "note";

struct CheckResult {
  std::string verdict;   // leak | suspect | clean
  std::string sentence;  // the verdict in words
  std::string task, model, protocol;
  std::vector<std::string> times;         // at which the future was changed
  int64_t predictions = 0, compared = 0;  // made on the data as it is; compared after changes
  int64_t features_alone = 0;             // columns and pools of which each was tried alone
  std::vector<CheckFinding> findings;     // by weight
};

/// Looks for knowledge from later in a database and a task.
///
/// Everything after a time is deleted, shuffled and overwritten (in views of the snapshot: nothing is written), and
/// every prediction at that time must stay the same, bit for bit. Columns, links, labels and splits are looked
/// through for what tells the label too well, was filled in later, or drifts.
/// Errors    Error; not what is found.
/// Threads   one call at a time per process.
CheckResult check(const CheckOptions& options, const Hooks& hooks = {});

}  // namespace cenote
