// SPDX-License-Identifier: Apache-2.0
#include "feature/compute.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

#include "base/check.h"
#include "base/time.h"
#include "feature/group_pooler.h"
#include "feature/term.h"

namespace cenote {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// The seeds of a pair of anchor and rows, in order of (group, cut), and what each of them sees.
struct Ranges {
  std::vector<int32_t>
      parents;     // ascending: rows of the anchor's table that seeds have as theirs, the groups
  TimedRows rows;  // of these groups
  std::vector<int64_t> order;    // [S] seeds that have a group
  std::vector<int64_t> group;    // [S] by seed, a place among the parents; -1: none
  std::vector<uint8_t> visible;  // [S] by seed: are the columns of the anchor row?
  std::vector<int64_t> high;     // [S] by seed: how many rows of its group
};

bool same_place(const Feature& a, const Feature& b) {
  return a.source == b.source && a.anchor == b.anchor && a.rows == b.rows;
}

/// Features of one column are computed together, so that it is read once.
const ColumnRef& main_column(const Term& term) {
  return term.kind == TermKind::indicator ? term.conditions.at(0).column : term.column;
}

/// The place of a row among the parents; -1: it is none.
int64_t find_parent(const Ranges& ranges, int64_t row) {
  const auto at = std::lower_bound(ranges.parents.begin(), ranges.parents.end(), row);
  return at != ranges.parents.end() && *at == row ? at - ranges.parents.begin() : -1;
}

/// Groups that are rows become places among the rows that occur: only these are looked at.
void number_groups(Ranges& ranges) {
  for (const int64_t i : ranges.order)
    ranges.parents.push_back(static_cast<int32_t>(ranges.group[i]));
  std::sort(ranges.parents.begin(), ranges.parents.end());
  ranges.parents.erase(std::unique(ranges.parents.begin(), ranges.parents.end()),
                       ranges.parents.end());
  for (const int64_t i : ranges.order) ranges.group[i] = find_parent(ranges, ranges.group[i]);
}

/// Where the anchor led for the entity of each past label when it was asked about.
std::vector<int64_t> groups_of_labels(const FeatureSpace& space, const LabelRows& labels,
                                      const Path& anchor) {
  const StoredTable& entities = space.graph.store.tables[space.entity_table];
  std::vector<int64_t> out;
  out.reserve(labels.entity.size());
  for (size_t i = 0; i < labels.entity.size(); ++i) {
    const int64_t row = labels.entity[i], time = labels.time[i];
    out.push_back(
        follow(space.graph, anchor,
               {.row = row, .time = time, .cut = time, .own_row = entities.time[row] <= time})
            .row);
  }
  return out;
}

Ranges find_ranges(const FeatureSpace& space, const LabelRows& labels, const Feature& feature,
                   std::span<const Seed> seeds) {
  Ranges out;
  const auto count = static_cast<int64_t>(seeds.size());
  out.group.assign(count, -1);
  out.visible.assign(count, 0);
  out.high.assign(count, 0);
  for (int64_t i = 0; i < count; ++i) {
    if (feature.source == FeatureSource::all_labels) {
      out.group[i] = 0;
    } else {
      const Place place = follow(space.graph, feature.anchor, seeds[i]);
      out.group[i] = place.row;
      out.visible[i] = place.visible;
    }
    if (out.group[i] >= 0) out.order.push_back(i);
  }
  if (feature.source != FeatureSource::all_labels) number_groups(out);
  if (feature.pool == FeaturePool::value) return out;
  if (feature.source == FeatureSource::own_labels) {
    std::vector<int64_t> group(labels.entity.begin(), labels.entity.end());
    for (int64_t& entity : group) entity = find_parent(out, entity);
    out.rows = group_by_time(group, labels.known, std::ssize(out.parents));
  } else if (feature.source == FeatureSource::alike_labels) {
    std::vector<int64_t> group = groups_of_labels(space, labels, feature.anchor);
    for (int64_t& row : group) row = row < 0 ? -1 : find_parent(out, row);
    out.rows = group_by_time(group, labels.known, std::ssize(out.parents));
  } else if (feature.source == FeatureSource::all_labels) {
    out.rows = group_by_time(std::vector<int64_t>(labels.known.size(), 0), labels.known, 1);
  } else {
    const std::vector<int64_t> parents(out.parents.begin(), out.parents.end());
    out.rows = reach(space.graph, feature.rows, parents);
  }
  for (const int64_t i : out.order) out.high[i] = out.rows.visible(out.group[i], seeds[i].cut);
  std::stable_sort(out.order.begin(), out.order.end(), [&](int64_t a, int64_t b) {
    return std::pair(out.group[a], seeds[a].cut) < std::pair(out.group[b], seeds[b].cut);
  });
  return out;
}

/// The first row of a seed's window.
int64_t window_begin(const Window& window, const Ranges& ranges, const Seed& seed, int64_t i) {
  if (window.kind == WindowKind::all) return 0;
  if (window.kind == WindowKind::rows) return std::max<int64_t>(0, ranges.high[i] - window.size);
  return std::min(ranges.high[i], ranges.rows.visible(ranges.group[i], seed.cut - window.size));
}

float stored(const Feature& feature, double value, const Seed& seed) {
  if (is_time_ago(feature)) value = static_cast<double>(seed.time) / kMicrosPerDay - value;
  return static_cast<float>(value);
}

/// All features of one term, whose values are those of the groups (of pool `value`) or of the ranges' rows.
void compute_term(const std::vector<double>& value, const std::vector<const Feature*>& features,
                  const std::vector<std::vector<float>*>& out, const Ranges& ranges,
                  std::span<const Seed> seeds) {
  if (features[0]->pool == FeaturePool::value) {
    for (size_t f = 0; f < features.size(); ++f) {
      for (const int64_t i : ranges.order) {
        if (ranges.visible[i])
          (*out[f])[i] = stored(*features[f], value[ranges.group[i]], seeds[i]);
      }
    }
    return;
  }
  bool slope = false, distinct = false;
  for (const Feature* feature : features) {
    slope |= feature->pool == FeaturePool::slope;
    distinct |= feature->pool == FeaturePool::distinct;
  }
  GroupPooler pooler;
  std::vector<double> x, day;
  for (size_t begin = 0; begin < ranges.order.size();) {
    const int64_t group = ranges.group[ranges.order[begin]];
    size_t end = begin;
    while (end < ranges.order.size() && ranges.group[ranges.order[end]] == group) ++end;
    const int64_t rows = ranges.high[ranges.order[end - 1]];  // what the last of its seeds sees
    const int64_t offset = ranges.rows.offsets[group];
    x.resize(rows);
    day.resize(rows);
    for (int64_t r = 0; r < rows; ++r) {
      x[r] = value[offset + r];
      const int64_t time = ranges.rows.time[offset + r];
      day[r] = time == kTimeAlways ? kMissing : static_cast<double>(time) / kMicrosPerDay;
    }
    pooler.set(x, day, slope, distinct);
    for (size_t f = 0; f < features.size(); ++f) {
      for (size_t k = begin; k < end; ++k) {
        const int64_t i = ranges.order[k];
        const int64_t low = window_begin(features[f]->window, ranges, seeds[i], i);
        if (features[f]->pool == FeaturePool::change) {
          const Window twice{WindowKind::span, 2 * features[f]->window.size};
          const int64_t before = window_begin(twice, ranges, seeds[i], i);
          (*out[f])[i] = static_cast<float>(pooler.pool(FeaturePool::sum, low, ranges.high[i]) -
                                            pooler.pool(FeaturePool::sum, before, low));
          continue;
        }
        (*out[f])[i] =
            stored(*features[f], pooler.pool(features[f]->pool, low, ranges.high[i]), seeds[i]);
      }
    }
    begin = end;
  }
}

float calendar(FeatureSource source, const Seed& seed) {
  if (source == FeatureSource::staleness)
    return static_cast<float>(static_cast<double>(seed.time - seed.cut) / kMicrosPerDay);
  const CivilTime parts = to_civil(seed.time);
  if (source == FeatureSource::month) return static_cast<float>(parts.month);
  if (source == FeatureSource::day_of_month) return static_cast<float>(parts.day);
  if (source == FeatureSource::weekday) return static_cast<float>(parts.weekday);
  return static_cast<float>(parts.hour);
}

}  // namespace

FeatureMatrix compute_features(const FeatureSpace& space, const LabelRows& labels,
                               std::span<const Feature> features, std::span<const Seed> seeds,
                               ThreadPool& threads, const std::function<bool()>& cancelled) {
  FeatureMatrix out;
  out.rows = static_cast<int64_t>(seeds.size());
  out.columns.assign(features.size(), {});
  // A part is all features of one place and column.
  struct Part {
    const Ranges* ranges;
    std::vector<size_t> features;
  };
  std::vector<size_t> places;  // the first feature of each
  std::vector<std::map<std::string, std::vector<size_t>>> columns_of;
  for (size_t f = 0; f < features.size(); ++f) {
    const Feature& feature = features[f];
    if (feature.source > FeatureSource::all_labels) {
      out.columns[f].resize(out.rows);
      for (int64_t i = 0; i < out.rows; ++i) out.columns[f][i] = calendar(feature.source, seeds[i]);
      continue;
    }
    size_t place = 0;
    while (place < places.size() && !same_place(features[places[place]], feature)) ++place;
    // A row itself and the rows that are pooled are never of one place: their `rows` differ.
    if (place == places.size()) {
      places.push_back(f);
      columns_of.emplace_back();
    }
    const ColumnRef& column = main_column(feature.term);
    std::string key = fmt::format("{}", column.column);
    for (const int32_t relation : column.up) key += fmt::format("^{}", relation);
    columns_of[place][key].push_back(f);
  }
  std::vector<Ranges> ranges(places.size());
  threads.parallel_for(static_cast<int64_t>(places.size()), [&](int64_t p) {
    ranges[p] = find_ranges(space, labels, features[places[p]], seeds);
  });
  std::vector<Part> parts;
  for (size_t p = 0; p < places.size(); ++p) {
    for (auto& [column, members] : columns_of[p]) parts.push_back({&ranges[p], std::move(members)});
  }
  threads.parallel_for(static_cast<int64_t>(parts.size()), [&](int64_t p) {
    if (cancelled && cancelled())
      fail(ErrorCode::cancelled, "interrupted while computing features");
    const Feature& first = features[parts[p].features[0]];
    const Ranges& place = *parts[p].ranges;
    std::map<std::string, std::vector<size_t>> terms;
    std::vector<const Term*> wanted;
    for (const size_t f : parts[p].features) {
      terms[term_key(features[f].term)].push_back(f);
      wanted.push_back(&features[f].term);
    }
    const std::span<const int32_t> rows = first.pool == FeaturePool::value
                                              ? std::span<const int32_t>(place.parents)
                                              : place.rows.rows;
    TermMaker maker(space, first.source == FeatureSource::rows ? space.row_table(first) : -1, rows,
                    wanted);
    for (const auto& [key, members] : terms) {
      std::vector<const Feature*> of_term;
      std::vector<std::vector<float>*> columns;
      for (const size_t f : members) {
        of_term.push_back(&features[f]);
        out.columns[f].assign(out.rows, features[f].pool == FeaturePool::count ||
                                                features[f].pool == FeaturePool::sum ||
                                                features[f].pool == FeaturePool::change ||
                                                features[f].pool == FeaturePool::distinct
                                            ? 0.0F
                                            : std::numeric_limits<float>::quiet_NaN());
        columns.push_back(&out.columns[f]);
      }
      const Term& term = of_term[0]->term;
      if (term.kind == TermKind::label) {
        const std::vector<double>& of_all = labels.value.at(term.output);
        std::vector<double> value;
        for (const int32_t row : rows) value.push_back(of_all[row]);
        compute_term(value, of_term, columns, place, seeds);
      } else {
        compute_term(maker.make(term), of_term, columns, place, seeds);
      }
    }
  });
  return out;
}

}  // namespace cenote
