// SPDX-License-Identifier: Apache-2.0
#include "feature/candidates.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "base/time.h"
#include "feature/few_rows.h"
#include "feature/frequent_values.h"
#include "feature/usable_columns.h"

namespace cenote {
namespace {

constexpr size_t kPairColumns = 6;  // columns whose values are also taken two at a time
constexpr size_t kPairValues = 3;
constexpr size_t kConditions =
    4;  // most frequent values of which the numbers of their rows are taken

class Suggestions {
 public:
  Suggestions(const FeatureSpace& space, const FeatureTask& task, int64_t limit)
      : space_(space), task_(task), limit_(limit), values_(space, task.visible_until) {
    if (task.horizon > 0) {
      for (const int64_t times : {1, 4, 12})
        spans_.push_back({WindowKind::span, times * task.horizon});
    } else {
      for (const int64_t days : {30, 365})
        spans_.push_back({WindowKind::span, days * kMicrosPerDay});
    }
  }

  std::vector<Feature> take() {
    add_calendar();
    if (task_.has_labels) add_labels();
    add_row({});
    const auto down = downs(space_.entity_table);
    for (const int32_t first : down) add_pools({}, {first}, true);
    for (const int32_t up : ups(space_.entity_table, -1)) add_row({up});
    for (const int32_t first : down) {
      for (const int32_t second : downs(space_.graph.row_table(first)))
        add_pools({}, {first, second}, true);
    }
    for (const int32_t up : ups(space_.entity_table, -1)) {
      const int32_t parent = space_.graph.row_table(up);
      for (const int32_t relation : downs(parent)) {
        add_pools({up}, {relation}, false);
        for (const int32_t next : downs(space_.graph.row_table(relation))) {
          if (few_below(space_.graph, relation, next, task_.visible_until))
            add_pools({up}, {relation, next}, false);
        }
      }
      for (const int32_t second : ups(parent, -1)) add_row({up, second});
    }
    for (const int32_t first : down) {
      for (const int32_t up : ups(space_.graph.row_table(first), first / 2)) {
        for (const int32_t relation : downs(space_.graph.row_table(up))) {
          if (relation / 2 != up / 2 &&
              few_around(space_.graph, first, up, relation, task_.visible_until))
            add_pools({}, {first, up, relation}, false);
        }
      }
    }
    // Over the latest row of a link, to that row's other parents.
    for (const int32_t first : down) {
      for (const int32_t up : ups(space_.graph.row_table(first), first / 2)) {
        const int32_t parent = space_.graph.row_table(up);
        for (const int32_t relation : downs(parent)) add_pools({first, up}, {relation}, false);
        for (const int32_t second : ups(parent, -1)) add_row({first, up, second});
      }
    }
    return fair_share();
  }

 private:
  /// All, if that is not too many; else the first of each column at each place, then the second, and so on: a wide
  /// table that is met early leaves room for the others.
  std::vector<Feature> fair_share() {
    if (static_cast<int64_t>(out_.size()) <= limit_) return std::move(out_);
    std::vector<size_t> order(out_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return rank_[a] < rank_[b]; });
    order.resize(limit_);
    std::sort(order.begin(), order.end());
    std::vector<Feature> kept;
    for (const size_t f : order) kept.push_back(std::move(out_[f]));
    return kept;
  }

  std::vector<int32_t> downs(int32_t table) const {
    std::vector<int32_t> out;
    for (int32_t r = 0; r < space_.graph.relations(); r += 2) {
      if (space_.graph.group_table(r) == table) out.push_back(r);
    }
    return out;
  }
  std::vector<int32_t> ups(int32_t table, int32_t except_link) const {
    std::vector<int32_t> out;
    for (int32_t r = 1; r < space_.graph.relations(); r += 2) {
      if (space_.graph.group_table(r) == table && r / 2 != except_link) out.push_back(r);
    }
    return out;
  }

  void add(Feature feature) {
    const bool indicator = feature.term.kind == TermKind::indicator;
    const ColumnRef& column = indicator ? feature.term.conditions[0].column : feature.term.column;
    int64_t& rank = met_[{static_cast<int>(feature.source), feature.term.output, feature.anchor,
                          feature.rows, column.up, column.column}];
    if (rank >= limit_) return;
    rank_.push_back(rank++);
    out_.push_back(std::move(feature));
  }

  void add_calendar() {
    for (const FeatureSource source :
         {FeatureSource::month, FeatureSource::day_of_month, FeatureSource::weekday,
          FeatureSource::hour, FeatureSource::staleness}) {
      Feature feature;
      feature.source = source;
      add(feature);
    }
  }

  void add_labels() {
    Feature feature;
    feature.term.kind = TermKind::label;
    for (feature.term.output = 0; feature.term.output < task_.outputs; ++feature.term.output) {
      feature.source = FeatureSource::own_labels;
      const auto with = [&](FeaturePool pool, Window window) {
        feature.pool = pool;
        feature.window = window;
        add(feature);
      };
      for (const Window window : windows({3, 10})) with(FeaturePool::mean, window);
      if (feature.term.output == 0) with(FeaturePool::count, {});
      with(FeaturePool::last, {});
      with(FeaturePool::std, {});
      with(FeaturePool::min, {});
      with(FeaturePool::max, {});
      feature.source = FeatureSource::all_labels;
      for (const Window window : spans_) with(FeaturePool::mean, window);
      feature.source = FeatureSource::alike_labels;
      for (const Path& anchor : alike()) {
        feature.anchor = anchor;
        with(FeaturePool::mean, {});
        with(FeaturePool::mean, spans_.back());
      }
      feature.anchor.clear();
    }
  }

  /// What entities may have in common, so that the past of one tells of another: a row that they refer to, or that the
  /// latest of their rows does.
  std::vector<Path> alike() const {
    std::vector<Path> out;
    for (const int32_t up : ups(space_.entity_table, -1)) {
      out.push_back({up});
      for (const int32_t second : ups(space_.graph.row_table(up), -1)) out.push_back({up, second});
    }
    for (const int32_t first : downs(space_.entity_table)) {
      const int32_t table = space_.graph.row_table(first);
      if (!space_.graph.store.tables[table].timed) continue;
      for (const int32_t up : ups(table, first / 2)) out.push_back({first, up});
    }
    return out;
  }

  std::vector<Window> windows(std::initializer_list<int64_t> rows) const {
    std::vector<Window> out{{}};
    for (const int64_t size : rows) out.push_back({WindowKind::rows, size});
    out.insert(out.end(), spans_.begin(), spans_.end());
    return out;
  }

  /// Columns of a table's rows, and with `parents` those of their parents.
  std::vector<UsableColumn> columns(int32_t table, int32_t except_link, bool parents) const {
    return usable_columns(space_, task_.removed, table,
                          parents ? ups(table, except_link) : std::vector<int32_t>());
  }
  std::vector<Term> indicators(const UsableColumn& column) {
    return indicator_terms(column, values_);
  }

  /// The columns of the anchor row itself and, where it is not the entity, when it was.
  void add_row(const Path& anchor) {
    Feature feature;
    feature.anchor = anchor;
    const int32_t table = space_.anchor_table(feature);
    if (space_.graph.store.tables[table].timed) {
      feature.term.kind = TermKind::time;
      add(feature);
    }
    for (const UsableColumn& column : columns(table, -1, false)) {
      if (column.is_number || column.type == ColumnType::timestamp) {
        feature.term = {};
        feature.term.kind =
            column.type == ColumnType::timestamp ? TermKind::timestamp : TermKind::number;
        feature.term.column = column.ref;
        add(feature);
      }
      if (column.type == ColumnType::category || column.type == ColumnType::text) {
        for (Term& term : indicators(column)) {
          feature.term = std::move(term);
          add(feature);
        }
      }
    }
  }

  void add_pools(const Path& anchor, const Path& rows, bool near) {
    Feature feature;
    feature.anchor = anchor;
    feature.rows = rows;
    const int32_t table = space_.row_table(feature);
    const bool timed = space_.graph.store.tables[table].timed;
    const auto with = [&](FeaturePool pool, Window window = {}) {
      if (window.kind == WindowKind::span && !timed) return;
      feature.pool = pool;
      feature.window = window;
      add(feature);
    };
    feature.term.kind = TermKind::row;
    with(FeaturePool::count);
    for (const Window& window : spans_) with(FeaturePool::count, window);
    for (const Window& window : {spans_[0], spans_[1]}) with(FeaturePool::change, window);
    if (timed) {
      feature.term.kind = TermKind::time;
      with(FeaturePool::last);
      with(FeaturePool::first);
      with(FeaturePool::std, {WindowKind::rows, 10});
      with(FeaturePool::min, {WindowKind::rows, 3});
      if (near && rows.size() == 1) {
        feature.term.kind = TermKind::weekend;
        for (const Window& window : windows({10})) with(FeaturePool::mean, window);
        feature.term.kind = TermKind::hour;
        with(FeaturePool::mean);
        with(FeaturePool::mean, {WindowKind::rows, 10});
        with(FeaturePool::last);
      }
    }
    const auto used = columns(table, rows.size() == 1 ? rows[0] / 2 : -1, true);
    for (const UsableColumn& column : used) {
      const bool own = column.ref.up.empty();
      feature.term = {};
      feature.term.column = column.ref;
      if (column.is_number) {
        feature.term.kind = TermKind::number;
        for (const Window& window : near ? windows({3, 10}) : windows({10}))
          with(FeaturePool::mean, window);
        with(FeaturePool::last);
        if (own) {
          with(FeaturePool::sum);
          with(FeaturePool::sum, spans_.back());
          with(FeaturePool::change, spans_[1]);
        }
        if (near) {
          for (const Window& window : {Window{}, Window{WindowKind::rows, 10}, spans_.back()}) {
            with(FeaturePool::min, window);
            with(FeaturePool::max, window);
          }
          with(FeaturePool::std);
          with(FeaturePool::std, {WindowKind::rows, 10});
          with(FeaturePool::first);
          if (timed) with(FeaturePool::slope, {WindowKind::rows, 10});
          for (const Window& window : before_last_) with(FeaturePool::first, window);
        }
        const bool few = values_.of(column.table, column.ref.column).size() <= kFewValues;
        if (!few || column.type == ColumnType::boolean) continue;
      }
      if (column.type == ColumnType::timestamp) {
        feature.term.kind = TermKind::timestamp;
        for (const FeaturePool pool : {FeaturePool::last, FeaturePool::min, FeaturePool::max})
          with(pool);
        continue;
      } else if (column.type == ColumnType::category) {
        feature.term.kind = TermKind::distinct;
        with(FeaturePool::distinct);
      }
      for (Term& term : indicators(column)) {
        feature.term = std::move(term);
        with(FeaturePool::mean);
        with(FeaturePool::mean, {WindowKind::rows, near ? 3 : 10});
        if (near) {
          with(FeaturePool::last);
          with(FeaturePool::sum, spans_.back());
          for (const Window& window : before_last_) with(FeaturePool::first, window);
        }
      }
    }
    if (near) {
      add_pairs(feature, used);
      add_conditional(feature, used);
    }
  }

  /// The amounts of the withdrawals: numbers of those rows that have a frequent value in another column.
  void add_conditional(Feature feature, const std::vector<UsableColumn>& used) {
    const auto with = [&](FeaturePool pool, Window window = {}) {
      feature.pool = pool;
      feature.window = window;
      add(feature);
    };
    const bool timed = space_.graph.store.tables[space_.row_table(feature)].timed;
    size_t sorts = 0;
    for (const UsableColumn& sort : used) {
      const auto& values = values_.of(sort.table, sort.ref.column);
      const bool few = sort.type != ColumnType::text && sort.type != ColumnType::number &&
                       sort.type != ColumnType::timestamp && values.size() >= 2 &&
                       values.size() <= kFewValues;
      if (!few || sorts++ >= kPairColumns) continue;
      size_t numbers = 0;
      for (const UsableColumn& number : used) {
        const bool may_be = number.is_number && number.type != ColumnType::boolean &&
                            number.ref.up.empty() && !(number.ref == sort.ref);
        if (!may_be || numbers++ >= kPairColumns) continue;
        for (size_t i = 0; i < std::min(values.size(), kConditions); ++i) {
          feature.term = {};
          feature.term.kind = TermKind::number;
          feature.term.column = number.ref;
          feature.term.conditions = {{sort.ref, values[i], false}};
          with(FeaturePool::mean);
          with(FeaturePool::sum, timed ? spans_.back() : Window{});
          with(FeaturePool::max);
          with(FeaturePool::min);
          with(FeaturePool::last);
        }
      }
    }
  }

  /// Two values in the same row: what pooling one column at a time cannot see.
  void add_pairs(Feature feature, const std::vector<UsableColumn>& used) {
    std::vector<const UsableColumn*> chosen;
    for (const UsableColumn& column : used) {
      const auto size = values_.of(column.table, column.ref.column).size();
      if (column.type != ColumnType::text && size >= 2 && size <= kFewValues &&
          chosen.size() < kPairColumns)
        chosen.push_back(&column);
    }
    for (size_t a = 0; a < chosen.size(); ++a) {
      for (size_t b = a + 1; b < chosen.size(); ++b) {
        const auto& first = values_.of(chosen[a]->table, chosen[a]->ref.column);
        const auto& second = values_.of(chosen[b]->table, chosen[b]->ref.column);
        for (size_t i = 0; i < std::min(first.size(), kPairValues); ++i) {
          for (size_t j = 0; j < std::min(second.size(), kPairValues); ++j) {
            feature.term = {};
            feature.term.kind = TermKind::indicator;
            feature.term.conditions = {{chosen[a]->ref, first[i], false},
                                       {chosen[b]->ref, second[j], false}};
            feature.window = {};
            feature.pool = FeaturePool::mean;
            add(feature);
            feature.pool = FeaturePool::sum;
            add(feature);
          }
        }
      }
    }
  }

  const FeatureSpace& space_;
  const FeatureTask& task_;
  int64_t limit_;
  FrequentValues values_;
  std::vector<Window> spans_;
  /// The first of the last two rows is the one before the last, and so on: what the order of rows tells.
  const std::vector<Window> before_last_{{WindowKind::rows, 2}, {WindowKind::rows, 3}};
  std::vector<Feature> out_;
  std::vector<int64_t> rank_;  // of each: how many of its place and column came before it
  std::map<std::tuple<int, int64_t, Path, Path, Path, int32_t>, int64_t> met_;
};

}  // namespace

std::vector<Feature> suggest_features(const FeatureSpace& space, const FeatureTask& task,
                                      int64_t limit) {
  return Suggestions(space, task, limit).take();
}

}  // namespace cenote
