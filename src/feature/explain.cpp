// SPDX-License-Identifier: Apache-2.0
#include "feature/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"

namespace cenote {
namespace {

/// Rows of a table that say what is usual, evenly spread where there are more.
constexpr int64_t kMostUsual = 250'000;

std::vector<double> values_of(const FeatureSpace& space, int32_t table,
                              std::span<const int32_t> rows, const Term& term) {
  const Term* const terms[] = {&term};
  return TermMaker(space, table, rows, terms).make(term);
}

/// The columns that a term reads, in order, each once.
std::vector<ColumnRef> columns_of(const Term& term) {
  if (term.kind == TermKind::number || term.kind == TermKind::timestamp ||
      term.kind == TermKind::distinct)
    return {term.column};
  std::vector<ColumnRef> out;
  for (const Condition& condition : term.conditions) {
    if (std::find(out.begin(), out.end(), condition.column) == out.end())
      out.push_back(condition.column);
  }
  return out;
}

/// Of the row itself.
bool reads_time(const Term& term) {
  return term.kind == TermKind::time || term.kind == TermKind::weekend ||
         term.kind == TermKind::hour;
}

std::string window_words(const Window& window) {
  if (window.kind == WindowKind::rows) return fmt::format("last {} rows", window.size);
  if (window.kind == WindowKind::span) return fmt::format("last {}", format_duration(window.size));
  return "all";
}

/// A number with four digits that say something, without an exponent where it can be read without.
std::string plain_number(double value) {
  if (std::abs(value) >= 1e4 && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

}  // namespace

std::string link_text(const Graph& graph, const Path& path) {
  std::string out;
  for (const int32_t relation : path)
    out += (out.empty() ? "" : " > ") + graph.relation_name(relation);
  return out;
}

FeatureParts parts_of(const FeatureSpace& space, const Feature& feature) {
  FeatureParts out;
  if (is_of_labels(feature)) {
    out.window = window_words(feature.window);
    return out;
  }
  if (feature.source != FeatureSource::rows) return out;
  const int32_t table = space.row_table(feature);
  Path path = feature.anchor;
  path.insert(path.end(), feature.rows.begin(), feature.rows.end());
  out.table = space.schema.tables[table].name;
  if (feature.pool != FeaturePool::value) out.window = window_words(feature.window);
  for (const ColumnRef& ref : columns_of(feature.term)) {
    out.column += (out.column.empty() ? "" : ", ") + space.column(table, ref).name;
  }
  // A column of the rows' parent belongs to that parent's table.
  const std::vector<ColumnRef> columns = columns_of(feature.term);
  if (columns.size() == 1 && !columns[0].up.empty()) {
    path.insert(path.end(), columns[0].up.begin(), columns[0].up.end());
    out.table = space.schema.tables[end_table(space.graph, columns[0].up, table)].name;
  }
  if (reads_time(feature.term)) out.column = space.schema.tables[table].time_column;
  out.link = link_text(space.graph, path);
  return out;
}

std::string describe_value(const Feature& feature, float value) {
  if (std::isnan(value)) return "missing";
  if (feature.source == FeatureSource::weekday) {
    static constexpr const char* kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                            "Friday", "Saturday", "Sunday"};
    return kDays[std::clamp(static_cast<int>(value), 0, 6)];
  }
  if (feature.source == FeatureSource::month) {
    static constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
    return kMonths[std::clamp(static_cast<int>(value), 1, 12) - 1];
  }
  if (feature.source == FeatureSource::staleness) return plain_number(value) + " days";
  if (is_time_ago(feature)) return plain_number(value) + " days ago";
  if (feature.term.kind == TermKind::indicator && feature.pool == FeaturePool::mean)
    return fmt::format("{:.3g} %", 100 * value);
  if (feature.term.kind == TermKind::indicator &&
      (feature.pool == FeaturePool::value || feature.pool == FeaturePool::last))
    return value != 0 ? "yes" : "no";
  return plain_number(value);
}

/// The mean of a term over the rows that training could see.
double FeatureCells::usual(int32_t table, const Term& term) {
  const auto [at, fresh] = usual_.try_emplace({table, term_key(term)}, 0.0);
  if (!fresh) return at->second;
  const StoredTable& stored = space_.graph.store.tables[table];
  const int64_t seen = std::upper_bound(stored.time.begin(), stored.time.end(), visible_until_) -
                       stored.time.begin();
  std::vector<int32_t> rows;
  for (int64_t row = 0; row < seen; row += seen / kMostUsual + 1)
    rows.push_back(static_cast<int32_t>(row));
  double sum = 0;
  int64_t count = 0;
  for (const double value : values_of(space_, table, rows, term)) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  if (count > 0) at->second = sum / static_cast<double>(count);
  return at->second;
}

/// The cells of one row of the table, or of its parents, that the term read: `amount` shared among them.
void FeatureCells::add(const Feature& feature, int32_t table, int64_t row, double amount,
                       std::vector<CellPart>& out) const {
  const std::vector<ColumnRef> columns = columns_of(feature.term);
  if (columns.empty()) {
    int32_t column = -1;
    if (reads_time(feature.term)) {
      const Table& of_row = space_.schema.tables[table];
      column = static_cast<int32_t>(of_row.find_column(of_row.time_column));
    }
    out.push_back({{table, row, column}, amount});
    return;
  }
  for (const ColumnRef& ref : columns) {
    int64_t at = row;
    for (const int32_t relation : ref.up) {
      const GraphLink& link = space_.graph.links[relation / 2];
      at = at < 0 ? -1 : link.parent[at];
      // Missing to the term too.
      if (at >= 0 && space_.graph.store.tables[link.parent_table].time[at] >
                         space_.graph.store.tables[table].time[row])
        at = -1;
    }
    if (at < 0) continue;
    out.push_back({{end_table(space_.graph, ref.up, table), at, ref.column},
                   amount / static_cast<double>(columns.size())});
  }
}

std::vector<CellPart> FeatureCells::find(const Feature& feature, const Seed& seed) {
  std::vector<CellPart> out;
  if (feature.source != FeatureSource::rows) return out;
  const Place place = follow(space_.graph, feature.anchor, seed);
  if (place.row < 0) return out;
  const int32_t table = space_.row_table(feature);
  if (feature.pool == FeaturePool::value) {
    if (place.visible) add(feature, table, place.row, 1, out);
    return out;
  }
  const TimedRows rows = reach(space_.graph, feature.rows, std::span(&place.row, 1));
  const int64_t high = rows.visible(0, seed.cut);
  int64_t low = 0;
  if (feature.window.kind == WindowKind::rows)
    low = std::max<int64_t>(0, high - feature.window.size);
  if (feature.window.kind == WindowKind::span)
    low = std::min(high, rows.visible(0, seed.cut - feature.window.size));
  const auto window = std::span<const int32_t>(rows.rows).subspan(low, high - low);
  const std::vector<double> value = values_of(space_, table, window, feature.term);
  std::vector<std::pair<int64_t, double>> known;  // rows that have a value
  for (size_t i = 0; i < value.size(); ++i) {
    if (!std::isnan(value[i])) known.emplace_back(window[i], value[i]);
  }
  if (known.empty()) return out;
  const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
  switch (feature.pool) {
    case FeaturePool::last: known = {known.back()}; break;
    case FeaturePool::first: known = {known.front()}; break;
    case FeaturePool::min: known = {*std::min_element(known.begin(), known.end(), less)}; break;
    case FeaturePool::max: known = {*std::max_element(known.begin(), known.end(), less)}; break;
    default: break;
  }
  std::vector<double> weight(known.size(), 1.0);
  if (feature.pool == FeaturePool::mean || feature.pool == FeaturePool::sum) {
    const double middle = usual(table, feature.term);
    double together = 0;
    for (const auto& [row, v] : known) together += v - middle;
    for (size_t i = 0; i < known.size(); ++i) {
      const double apart = known[i].second - middle;
      weight[i] = together == 0 ? 1 : apart * together > 0 ? std::abs(apart) : 0;
    }
  }
  double total = 0;
  for (const double w : weight) total += w;
  for (size_t i = 0; i < known.size(); ++i) {
    if (weight[i] > 0) add(feature, table, known[i].first, weight[i] / total, out);
  }
  return out;
}

}  // namespace cenote
