// SPDX-License-Identifier: Apache-2.0
#include "database/infer.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/time.h"
#include "database/canonical.h"
#include "database/numeric_time.h"
#include "schema/likeness.h"
#include "schema/names.h"

namespace cenote {
namespace {

constexpr double kLeastKeyLikeness = 0.5;
constexpr double kLeastTimeLikeness = 0.35;
constexpr double kLeastContained = 0.5;
// Of a column that is named like a key, but like none that there is.
constexpr int64_t kLeastValues = 20;
constexpr double kLeastCovered = 0.8;
constexpr double kByValues = 0.6;  // how sure its values make it

/// By the manifest; every other column is still `ignored` at this point because nothing is known of it.
bool is_ignored(const Column& column) {
  return column.evidence == Evidence::manifest && column.type == ColumnType::ignored;
}

bool may_be_key(const Column& column) {
  return is_readable(column) && !is_ignored(column) &&
         (column.storage == StorageType::int64 || column.storage == StorageType::utf8 ||
          column.storage == StorageType::float64);
}

/// Share of the distinct values of `column` that are keys of the parent; -1 if the column has no value.
double contained_fraction(const Table& child, const Column& column, const Table& parent,
                          const Column& key, const Stage& stage) {
  const std::string c = quote_identifier(column.name), k = quote_identifier(key.name);
  const std::string values = fmt::format("(SELECT DISTINCT {} AS v FROM {} WHERE {} IS NOT NULL)",
                                         c, staged_name(child), c);
  const int64_t distinct = stage.loader.integer("SELECT count(*) FROM " + values);
  if (distinct == 0) return -1;
  const int64_t found = stage.loader.integer(
      fmt::format("SELECT count(*) FROM {} AS c SEMI JOIN {} AS p ON c.v = p.{}", values,
                  staged_name(parent), k));
  return static_cast<double>(found) / static_cast<double>(distinct);
}

bool comparable(const Column& column, const Column& key) {
  const auto number = [](const Column& c) {
    return c.storage == StorageType::int64 || c.storage == StorageType::float64;
  };
  return column.storage == key.storage || (number(column) && number(key));
}

/// Whether a column's values are instants: stored as such, texts that all read as times, or whole numbers
/// under a name that says time: all between 1980 and 2100 in seconds or milliseconds, or all of them dates
/// (YYYYMMDD). Years alone need a name that says year: 1990 may be anything.
bool holds_times(const Table& table, const Column& column, const Stage& stage, double likeness) {
  const std::string c = quote_identifier(column.name);
  if (column.storage == StorageType::time) return true;
  const bool year = names_year(column.name);
  if (likeness < 0.7 && !year) return false;  // the name must say so where the type does not
  if (column.storage == StorageType::utf8) {
    const QueryResult n = stage.loader.query(fmt::format("SELECT count({0}), count({1}) FROM {2}",
                                                         c, text_as_time(c), staged_name(table)));
    return n.columns[0].integers[0] > 0 && n.columns[0].integers[0] == n.columns[1].integers[0];
  }
  if (column.storage != StorageType::int64) return false;
  const NumericTime form = find_numeric_time(table, column.name, stage);
  const QueryResult n = stage.loader.query(
      fmt::format("SELECT coalesce(min({0}), 0), coalesce(max({0}), 0), count(*) FILTER ({2}) FROM "
                  "{1}",
                  c, staged_name(table), form.misfit));
  if (n.columns[2].integers[0] > 0 || (form.year ? !year : likeness < 0.7)) return false;
  const int64_t least = n.columns[0].integers[0], most = n.columns[1].integers[0];
  constexpr int64_t kFrom = 315'532'800, kTo = 4'102'444'800;  // 1980 and 2100
  return form.calendar || (least >= kFrom && most <= kTo) ||
         (least >= kFrom * 1000 && most <= kTo * 1000);
}

/// friend_id: named like a key, but like no table. All its values are keys of one table and are most of these; small
/// numbers are keys of many, but most of the keys of few.
std::optional<Link> link_by_values(const Table& child, const Column& column, const Schema& schema,
                                   const Stage& stage) {
  const auto words = name_words(column.name);
  static constexpr std::string_view kEnds[] = {"id", "key", "fk", "ref", "guid", "uuid"};
  if (words.size() < 2 ||
      std::find(std::begin(kEnds), std::end(kEnds), words.back()) == std::end(kEnds))
    return {};
  const int64_t distinct = stage.loader.integer(fmt::format(
      "SELECT count(DISTINCT {}) FROM {}", quote_identifier(column.name), staged_name(child)));
  if (distinct < kLeastValues) return {};
  double most = 0, next = 0;
  std::optional<Link> best;
  for (const Table& parent : schema.tables) {
    if (parent.primary_key.size() != 1 || parent.rows < distinct) continue;
    const Column& key =
        parent.columns[static_cast<size_t>(parent.find_column(parent.primary_key[0]))];
    const double covered = static_cast<double>(distinct) / static_cast<double>(parent.rows);
    if (!comparable(column, key) || covered <= next ||
        contained_fraction(child, column, parent, key, stage) < 1)
      continue;
    next = std::min(most, covered);
    if (covered <= most) continue;
    most = covered;
    best = Link{child.name,
                {column.name},
                parent.name,
                {key.name},
                Evidence::inferred,
                kByValues,
                fmt::format("named like a key, and its values are {:.4g} % of the keys there",
                            100 * covered),
                1};
  }
  // Two tables whose keys are alike: nothing says which.
  return most >= kLeastCovered && next <= most / 2 ? best : std::nullopt;
}

}  // namespace

KeyGuess infer_primary_key(const Table& table, const Stage& stage) {
  std::vector<std::pair<double, const Column*>> candidates;
  for (const Column& column : table.columns) {
    const double likeness = may_be_key(column) ? primary_key_likeness(table.name, column.name) : 0;
    if (likeness >= kLeastKeyLikeness) candidates.emplace_back(likeness, &column);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [likeness, column] : candidates) {
    const std::string c = quote_identifier(column->name);
    const QueryResult n = stage.loader.query(
        fmt::format("SELECT count({0}), count(DISTINCT {0}) FROM {1}", c, staged_name(table)));
    if (n.columns[0].integers[0] != table.rows || n.columns[1].integers[0] != table.rows) continue;
    // One or two rows are unique by chance.
    const double confidence = table.rows < 3 ? likeness * 0.6 : likeness;
    return {column->name, confidence,
            fmt::format("primary key: {} rows, all different, and named like one", table.rows)};
  }
  return {};
}

KeyGuess infer_time_column(const Table& table, const Stage& stage) {
  KeyGuess best;
  for (const Column& column : table.columns) {
    if (!is_readable(column) || column.type == ColumnType::key || is_ignored(column)) continue;
    const double likeness = time_likeness(column.name);
    if (likeness < kLeastTimeLikeness || likeness <= best.confidence ||
        !holds_times(table, column, stage, likeness))
      continue;
    const int64_t values = stage.loader.integer(
        fmt::format("SELECT count({}) FROM {}", quote_identifier(column.name), staged_name(table)));
    // A row without a time is never seen: a column that leaves out half of them is not when they happened.
    if (table.rows > 0 && values * 2 < table.rows) continue;
    if (column.storage == StorageType::time && table.rows > 0 &&
        stage.loader.integer(fmt::format("SELECT count(*) FROM {0} WHERE NOT isfinite({1})",
                                         staged_name(table), quote_identifier(column.name))) > 0) {
      continue;
    }
    best = {column.name, likeness,
            column.storage == StorageType::time ? "time column: the times whose name fits best"
                                                : "time column: every value reads as a time"};
  }
  return best;
}

std::vector<Link> infer_links(const Table& child, const Schema& schema, const Stage& stage) {
  std::vector<Link> links;
  for (const Column& column : child.columns) {
    if (!may_be_key(column) || column.name == child.time_column) continue;
    const bool own_key = child.primary_key.size() == 1 && child.primary_key[0] == column.name;
    // customers.customer_id is the name of its own rows.
    if (own_key && primary_key_likeness(child.name, column.name) >= 0.9) continue;
    Link best;
    best.confidence = 0;
    for (const Table& parent : schema.tables) {
      if (parent.primary_key.size() != 1 || (own_key && parent.name == child.name)) continue;
      const Column& key =
          parent.columns[static_cast<size_t>(parent.find_column(parent.primary_key[0]))];
      const double likeness = link_likeness(child.name, column.name, parent.name, key.name);
      if (likeness <= best.confidence || !comparable(column, key)) continue;
      const double contained = contained_fraction(child, column, parent, key, stage);
      if (contained >= 0 && contained < kLeastContained) continue;
      const double confidence = contained < 0 ? likeness * 0.5 : likeness * contained;
      if (confidence <= best.confidence) continue;
      best = {child.name,
              {column.name},
              parent.name,
              {key.name},
              Evidence::inferred,
              confidence,
              contained < 0
                  ? "the names fit; there are no values"
                  : fmt::format("the names fit and {:.4g} % of the values are found there",
                                100 * contained),
              1};
    }
    if (best.confidence > 0) {
      links.push_back(std::move(best));
    } else if (auto link = own_key ? std::nullopt : link_by_values(child, column, schema, stage)) {
      links.push_back(std::move(*link));
    }
  }
  return links;
}

}  // namespace cenote
