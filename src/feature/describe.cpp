// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/time.h"
#include "feature/feature.h"

namespace cenote {
namespace {

std::string column_name(const FeatureSpace& space, int32_t row_table, const ColumnRef& ref) {
  const std::string& name = space.column(row_table, ref).name;
  if (ref.up.empty()) return name;
  return fmt::format("{} of their {}", name,
                     space.schema.tables[end_table(space.graph, ref.up, row_table)].name);
}

std::string condition_text(const FeatureSpace& space, int32_t table, const Condition& condition) {
  const std::string name = column_name(space, table, condition.column);
  return condition.word ? fmt::format("{} has the word '{}'", name, condition.value)
                        : fmt::format("{} is '{}'", name, condition.value);
}

std::string conditions_text(const FeatureSpace& space, int32_t table, const Term& term) {
  std::string out;
  for (const Condition& condition : term.conditions) {
    if (!out.empty()) out += " and ";
    out += condition_text(space, table, condition);
  }
  return out;
}

/// ", of the races of the latest results": where the group of rows comes from, nearest first.
std::string anchor_text(const FeatureSpace& space, const Path& anchor) {
  std::string out;
  for (size_t i = anchor.size(); i-- > 0;) {
    const std::string& name = space.schema.tables[space.graph.row_table(anchor[i])].name;
    out += anchor[i] % 2 == 0 ? fmt::format(" of the latest of its {}", name)
                              : fmt::format(" of the {} row", name);
  }
  return out;
}

std::string window_text(const Window& window, const std::string& rows) {
  if (window.kind == WindowKind::rows) return fmt::format("the last {} {}", window.size, rows);
  if (window.kind == WindowKind::span)
    return fmt::format("the {} of the last {}", rows, format_duration(window.size));
  return fmt::format("all {}", rows);
}

std::string rows_text(const FeatureSpace& space, const Feature& feature) {
  if (feature.source == FeatureSource::own_labels) return "own past labels";
  if (feature.source == FeatureSource::all_labels) return "past labels of all";
  if (feature.source == FeatureSource::alike_labels) {
    const std::string anchor = anchor_text(space, feature.anchor);
    return "past labels of all with the same " + anchor.substr(std::string_view(" of the ").size());
  }
  std::string out = space.schema.tables[space.row_table(feature)].name;
  // Several links may lead to one table.
  out += fmt::format(" (by {})", space.graph.links[feature.rows.back() / 2].name);
  const auto name = [&](size_t step) {
    return space.schema.tables[space.graph.row_table(feature.rows[step])].name;
  };
  if (feature.rows.size() == 2) out += fmt::format(" of its {}", name(0));
  if (feature.rows.size() == 3) {
    out += fmt::format(" of the {} (by {}) of its {}", name(1),
                       space.graph.links[feature.rows[1] / 2].name, name(0));
  }
  return out;
}

std::string pool_text(FeaturePool pool, const std::string& what) {
  switch (pool) {
    case FeaturePool::mean: return "mean of " + what;
    case FeaturePool::sum: return "sum of " + what;
    case FeaturePool::min: return "least " + what;
    case FeaturePool::max: return "greatest " + what;
    case FeaturePool::std: return "spread of " + what;
    case FeaturePool::last: return "last " + what;
    case FeaturePool::first: return "first " + what;
    case FeaturePool::distinct: return "number of different " + what;
    case FeaturePool::slope: return "trend of " + what;
    case FeaturePool::change: return "change of the sum of " + what;
    case FeaturePool::count: return "number of " + what;
    case FeaturePool::value: break;
  }
  return what;
}

}  // namespace

std::string describe(const FeatureSpace& space, const Feature& feature) {
  switch (feature.source) {
    case FeatureSource::month: return "month of the time asked about";
    case FeatureSource::day_of_month: return "day of the month of the time asked about";
    case FeatureSource::weekday: return "weekday of the time asked about";
    case FeatureSource::hour: return "hour of the time asked about";
    case FeatureSource::staleness:
      return "days between the time asked about and the last moment that is known";
    default: break;
  }
  const Term& term = feature.term;
  const int32_t table = space.row_table(feature);
  std::string what;
  switch (term.kind) {
    case TermKind::row: what = "rows"; break;
    case TermKind::time:
      what = feature.pool == FeaturePool::std ? "times, in days" : "time, in days ago";
      break;
    case TermKind::weekend: what = "being on a weekend"; break;
    case TermKind::hour: what = "the hour of the day"; break;
    case TermKind::label:
      what = term.output == 0 ? "label" : fmt::format("label {}", term.output);
      break;
    case TermKind::timestamp:
      what = column_name(space, table, term.column) + ", in days ago";
      break;
    case TermKind::number:
    case TermKind::distinct:
      what = column_name(space, table, term.column);
      if (!term.conditions.empty()) what += " where " + conditions_text(space, table, term);
      break;
    case TermKind::indicator: what = conditions_text(space, table, term); break;
  }
  if (feature.pool == FeaturePool::value) return what + anchor_text(space, feature.anchor);
  const bool alike = feature.source == FeatureSource::alike_labels;
  const std::string rows =
      fmt::format(" in {}{}", window_text(feature.window, rows_text(space, feature)),
                  alike ? "" : anchor_text(space, feature.anchor));
  if (feature.pool == FeaturePool::change) {
    return (term.kind == TermKind::row ? std::string("change of the number of rows")
                                       : pool_text(feature.pool, what)) +
           rows + fmt::format(" against the {} before", format_duration(feature.window.size));
  }
  if (term.kind == TermKind::weekend) return "share of weekends" + rows;
  if (term.kind == TermKind::indicator) {
    if (feature.pool == FeaturePool::mean) return fmt::format("share with {}{}", what, rows);
    if (feature.pool == FeaturePool::sum) return fmt::format("number with {}{}", what, rows);
    if (feature.pool == FeaturePool::last)
      return fmt::format("whether the last has {}{}", what, rows);
  }
  return pool_text(feature.pool, what) + rows;
}

}  // namespace cenote
