// SPDX-License-Identifier: Apache-2.0
// What a feature was made of for one seed: its parts by name, its number in words, its cells.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "feature/compute.h"
#include "feature/term.h"

namespace cenote {

/// Names of the parts of a feature; "" where it has none.
struct FeatureParts {
  std::string table, link, column, window;
};
FeatureParts parts_of(const FeatureSpace& space, const Feature& feature);

/// "2.4", "12 days ago", "Monday"; "missing" for NaN.
std::string describe_value(const Feature& feature, float value);

/// "results.driverId > results.raceId^": relations one after the other.
std::string link_text(const Graph& graph, const Path& path);

/// The cells that features take their numbers from.
///
/// A cell's amount is its part in the feature's number; a feature's amounts add up to 1. `value`, `last`, `first`,
/// `min` and `max` take one cell. In a mean or a sum the rows on that side of the usual value count to which they
/// pulled it together, by how far they lie from it; the usual value is the mean of what training could see, of 250,000
/// evenly spread rows where there were more. In all other pools each known row counts alike; of a
/// change those of the later span.
/// Empty     past labels, the calendar, windows without rows.
/// Cost      a look at those rows for the first feature of a term whose sum or mean is taken, then O(rows of the group).
/// Threads   one a thread: it keeps what it has computed.
class FeatureCells {
 public:
  /// `visible_until`: the last moment that training could see.
  FeatureCells(const FeatureSpace& space, int64_t visible_until)
      : space_(space), visible_until_(visible_until) {}
  std::vector<CellPart> find(const Feature& feature, const Seed& seed);

 private:
  double usual(int32_t table, const Term& term);
  void add(const Feature& feature, int32_t table, int64_t row, double amount,
           std::vector<CellPart>& out) const;

  const FeatureSpace& space_;
  const int64_t visible_until_;
  std::map<std::pair<int32_t, std::string>, double> usual_;
};

}  // namespace cenote
