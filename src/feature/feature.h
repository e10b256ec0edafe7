// SPDX-License-Identifier: Apache-2.0
// A propositional feature: one number for a seed, pooled from the rows that were known at its time.
//
// seed --anchor--> one row --rows--> the known rows in a window --term--> one number each --pool--> a number
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "feature/path.h"
#include "schema/schema.h"

namespace cenote {

/// A column of a row, or of the parent that `up` (none or one relation) leads to.
/// A parent's columns are missing where it is dated later than the row.
struct ColumnRef {
  Path up;
  int32_t column = -1;
  bool operator==(const ColumnRef&) const = default;
};

/// A row has a value, or a text has a word.
struct Condition {
  ColumnRef column;
  std::string value;
  bool word = false;
};

/// What a row contributes.
enum class TermKind {
  row,        // 1
  time,       // when it happened
  weekend,    // 1 if that was a Saturday or a Sunday, else 0
  hour,       // of the day when it happened, with its part
  number,     // a column, booleans as 0 and 1; missing where a condition does not hold
  timestamp,  // a column that is a time
  distinct,   // a column of which only the number of different values counts
  indicator,  // 1 if all conditions hold, 0 if not, missing where a column is
  label       // of a past label whose window has closed
};

struct Term {
  TermKind kind = TermKind::row;
  ColumnRef column;                   // number, timestamp, distinct
  std::vector<Condition> conditions;  // indicator; number may have some
  int64_t output = 0;                 // label: which
};

enum class FeaturePool {
  value,
  count,
  mean,
  sum,
  min,
  max,
  std,
  last,
  first,
  distinct,
  slope,
  change  // the sum over a span of time, less that over the span of the same length before it
};

/// Which of the known rows: all, those of the last microseconds before the cut, or the last few.
enum class WindowKind { all, span, rows };
struct Window {
  WindowKind kind = WindowKind::all;
  int64_t size = 0;
};

enum class FeatureSource {
  rows,          // pooled rows, or with the pool `value` the anchor row itself
  own_labels,    // the entity's own past labels
  alike_labels,  // those of everybody whose anchor was the same when they were asked about
  all_labels,    // everybody's
  month,         // of the seed's time, and so on
  day_of_month,
  weekday,
  hour,
  staleness  // days between the seed's time and the last moment that is visible
};

struct Feature {
  FeatureSource source = FeatureSource::rows;
  Path anchor, rows;
  Term term;
  FeaturePool pool = FeaturePool::value;
  Window window;
};

/// What features are computed from and named by.
struct FeatureSpace {
  const Schema& schema;
  const Graph& graph;
  int32_t entity_table = 0;

  int32_t anchor_table(const Feature& feature) const;
  /// The table whose rows the term is taken of.
  int32_t row_table(const Feature& feature) const;
  const Column& column(int32_t row_table, const ColumnRef& ref) const;
};

inline bool is_of_labels(const Feature& feature) {
  return feature.source == FeatureSource::own_labels ||
         feature.source == FeatureSource::alike_labels ||
         feature.source == FeatureSource::all_labels;
}

/// Is the number a time? Then it is given in days before the seed's time.
bool is_time_ago(const Feature& feature);

/// A sentence: "mean of position of the last 3 results".
std::string describe(const FeatureSpace& space, const Feature& feature);

/// A DuckDB expression over a row `s` of seeds (entity, time, cut), or "" where there is no short one:
/// past labels, links of several columns.
std::string to_sql(const FeatureSpace& space, const Feature& feature);

/// Names of links, tables and columns: what a model file holds.
nlohmann::json save_feature(const FeatureSpace& space, const Feature& feature);
/// Errors    bad_input for anything that the schema does not have, or that cannot be computed.
Feature load_feature(const FeatureSpace& space, const nlohmann::json& json);

}  // namespace cenote
