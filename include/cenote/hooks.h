// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace cenote {

/// One report of long work. Fields that say nothing yet are NaN or empty.
struct Progress {
  std::string phase;  // "open", "stage", "labels", "graph", "features", "trees", "train", ...
  int64_t done = 0;   // units of the phase that are finished
  int64_t total = 0;  // 0: unknown
  int64_t epoch = 0;  // 1-based while training
  int64_t epochs = 0;
  double loss = __builtin_nan("");
  std::string metric;  // name of the validation metric
  double metric_value = __builtin_nan("");
  bool epoch_finished = false;
  double rows_per_second = __builtin_nan("");
  double seconds_left = __builtin_nan("");
  std::string item;  // which of several models is being trained
  bool item_finished = false;
  double item_seconds = __builtin_nan("");
};

/// How the library talks back: it never prints. Every member may be empty.
///
/// Threads    never called from two threads at once; progress and warning from the thread that called the
///            library, cancelled from any.
struct Hooks {
  std::function<void(const Progress&)> progress;
  /// code ("dangling_reference"), then one sentence.
  std::function<void(const std::string& code, const std::string& message)> warning;
  /// Asked often; true stops the work with Error(cancelled) after a checkpoint.
  std::function<bool()> cancelled;

  void report(const Progress& p) const {
    if (progress) progress(p);
  }
  void warn(const std::string& code, const std::string& message) const {
    if (warning) warning(code, message);
  }
  bool is_cancelled() const { return cancelled && cancelled(); }
};

}  // namespace cenote
