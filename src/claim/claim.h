// SPDX-License-Identifier: Apache-2.0
// Claims: what a paper says, as an experiment with a verdict. One file per paper in claims/, called NNN_name.cpp with the
// paper's number; data, sizes and thresholds are fixed there before it is run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/registry.h"

namespace cenote {

enum class Bound { at_least, at_most };

/// What has to be true of a figure. A quick run is smaller, and may ask for less; it can fail all the same.
struct ClaimCondition {
  std::string figure;
  Bound bound = Bound::at_least;
  double threshold = 0;
  double quick = 0;  // the threshold of a quick run
};

/// What one run is to do. All its draws come from `seed`.
struct ClaimRun {
  bool quick = false;
  uint64_t seed = 0;
  std::filesystem::path data;  // the folder of shared data sets
  int threads = 1;             // more than one only for claims that run alone
  std::function<bool()> cancelled = {};

  /// Between pieces of work. Errors cancelled.
  void check_cancelled() const;
};

/// Figures of one seed, by name, in the order in which they are shown.
class Figures {
 public:
  /// Errors internal if the name is taken.
  void add(const std::string& name, double value);
  /// Errors internal for no such figure.
  double at(const std::string& name) const;
  const std::vector<std::pair<std::string, double>>& all() const { return values_; }

 private:
  std::vector<std::pair<std::string, double>> values_;
};

/// Lines over x; the point of a series at x is the figure "SERIES at X".
struct ClaimChart {
  std::string title, x, y;
  std::vector<std::string> series;  // at most 3
  std::vector<double> at;
};
std::string figure_at(const std::string& series, double x);

struct ClaimEntry {
  EntryInfo
      info;  // summary: the claim in one sentence; source: the paper; example: "cenote claim 6"
  std::string setting;                 // data, sizes, models, in a few sentences
  std::string departs;                 // what is smaller or other than in the paper
  std::vector<std::string> data = {};  // below the data folder; examples/...: bundled
  std::vector<ClaimCondition> conditions = {};
  int64_t seeds = 5;
  int64_t quick_seeds = 1;  // 0: the claim cannot be shown so quickly
  double minutes = 1;       // of a full run on two cores, about
  bool alone = false;       // its run uses all threads: seeds one after the other
  std::optional<ClaimChart> chart = {};
  /// Errors    Error; cancelled.
  /// Threads   called for several seeds at once, unless `alone`.
  Figures (*run)(const ClaimRun& run) = nullptr;
};

/// Begins an entry: CENOTE_CLAIM(006_same_row) { return {...}; } in claims/006_same_row.cpp.
#define CENOTE_CLAIM(name)   \
  namespace entries {        \
  ClaimEntry claim_##name(); \
  }                          \
  ClaimEntry entries::claim_##name()

const Registry<ClaimEntry>& claim_registry();

/// The paper's number: 6 of "006_same_row".
int64_t claim_number(const std::string& name);

}  // namespace cenote
