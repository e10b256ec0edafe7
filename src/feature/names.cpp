// SPDX-License-Identifier: Apache-2.0
#include "feature/names.h"

#include <array>

#include "base/check.h"

namespace cenote {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 9> kSources = {"rows",       "own_labels", "alike_labels",
                                                      "all_labels", "month",      "day_of_month",
                                                      "weekday",    "hour",       "staleness"};
constexpr std::array<std::string_view, 9> kTerms = {
    "row", "time", "weekend", "hour", "number", "timestamp", "distinct", "indicator", "label"};
constexpr std::array<std::string_view, 12> kPools = {"value", "count",    "mean",  "sum",
                                                     "min",   "max",      "std",   "last",
                                                     "first", "distinct", "slope", "change"};
constexpr std::array<std::string_view, 3> kWindows = {"all", "span", "rows"};

template <class Enum, size_t n>
Enum find(const std::array<std::string_view, n>& names, std::string_view name) {
  for (size_t i = 0; i < n; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  fail(ErrorCode::bad_input, "model: a feature has an unknown part '{}'", name);
}

}  // namespace

std::string_view name_of(FeatureSource source) { return kSources[static_cast<size_t>(source)]; }
std::string_view name_of(TermKind kind) { return kTerms[static_cast<size_t>(kind)]; }
std::string_view name_of(FeaturePool pool) { return kPools[static_cast<size_t>(pool)]; }
std::string_view name_of(WindowKind kind) { return kWindows[static_cast<size_t>(kind)]; }
FeatureSource source_named(std::string_view name) { return find<FeatureSource>(kSources, name); }
TermKind term_named(std::string_view name) { return find<TermKind>(kTerms, name); }
FeaturePool pool_named(std::string_view name) { return find<FeaturePool>(kPools, name); }
WindowKind window_named(std::string_view name) { return find<WindowKind>(kWindows, name); }

}  // namespace cenote
