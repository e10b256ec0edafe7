// SPDX-License-Identifier: Apache-2.0
#include "model/detail/interactions.h"

#include <algorithm>
#include <tuple>

#include "base/time.h"
#include "model/detail/known_from.h"

namespace cenote {
namespace {

constexpr size_t kMostSteps = 2;
constexpr int64_t kDefaultSpan = 30 * kMicrosPerDay;

/// Links from a row to the row it refers to, and so on.
struct Way {
  std::vector<int32_t> links;
  int32_t end = 0;  // the table that they lead to
};

/// All ways from a table, the empty one first.
std::vector<Way> ways_from(const Graph& graph, int32_t table) {
  std::vector<Way> out{{{}, table}};
  for (size_t done = 0; done < out.size(); ++done) {
    if (out[done].links.size() == kMostSteps) continue;
    for (size_t l = 0; l < graph.links.size(); ++l) {
      if (graph.links[l].child_table != out[done].end) continue;
      Way longer = out[done];
      longer.links.push_back(static_cast<int32_t>(l));
      longer.end = graph.links[l].parent_table;
      out.push_back(std::move(longer));
    }
  }
  return out;
}

/// Where the way from `row` ends, or -1; `time` grows to that of the latest row along it.
int64_t follow(const Graph& graph, const Way& way, int64_t row, int64_t& time) {
  for (const int32_t l : way.links) {
    row = graph.links[l].parent[row];
    if (row < 0) return -1;
    time = std::max(time, graph.store.tables[graph.links[l].parent_table].time[row]);
  }
  return row;
}

/// "results.raceId.circuitId"
std::string name_of(const Graph& graph, int32_t table, const Way& way) {
  std::string out = graph.store.tables[table].name;
  for (const int32_t l : way.links) {
    const std::string& link = graph.links[l].name;
    out += link.substr(graph.store.tables[graph.links[l].child_table].name.size());
  }
  return out;
}

}  // namespace

Interactions::Side Interactions::make_side(int64_t rows, const std::vector<Meeting>& sorted,
                                           bool by_item) {
  Side side;
  side.offsets.assign(rows + 1, 0);
  for (const Meeting& one : sorted) ++side.offsets[(by_item ? one.item : one.entity) + 1];
  for (int64_t row = 0; row < rows; ++row) side.offsets[row + 1] += side.offsets[row];
  std::vector<int64_t> next(side.offsets.begin(), side.offsets.end() - 1);
  side.other.resize(sorted.size());
  side.time.resize(sorted.size());
  for (const Meeting& one : sorted) {
    const int64_t at = next[by_item ? one.item : one.entity]++;
    side.other[at] = by_item ? one.entity : one.item;
    side.time[at] = one.time;
  }
  return side;
}

Interactions::List Interactions::Side::until(int64_t row, int64_t cut) const {
  const auto begin = time.begin() + offsets[row], end = time.begin() + offsets[row + 1];
  const size_t first = offsets[row], count = std::upper_bound(begin, end, cut) - begin;
  return {std::span(other).subspan(first, count), std::span(time).subspan(first, count)};
}

Interactions::Interactions(std::string name, int64_t entities, int64_t items,
                           std::vector<Meeting> meetings)
    : name_(std::move(name)), items_(items), all_(std::move(meetings)) {
  std::erase_if(all_, [](const Meeting& one) { return one.time == kTimeNever; });
  std::sort(all_.begin(), all_.end(), [](const Meeting& a, const Meeting& b) {
    return std::tie(a.time, a.item, a.entity) < std::tie(b.time, b.item, b.entity);
  });
  by_entity_ = make_side(entities, all_, false);
  by_item_ = make_side(items, all_, true);
}

int64_t Interactions::count(int64_t cut) const {
  return std::upper_bound(all_.begin(), all_.end(), cut,
                          [](int64_t t, const Meeting& one) { return t < one.time; }) -
         all_.begin();
}

int64_t count_after(const Interactions::List& list, int64_t after) {
  return list.time.end() - std::upper_bound(list.time.begin(), list.time.end(), after);
}

Interactions label_interactions(const History& history, const ModelContext& context) {
  const StoredTable& entities = context.graph.store.tables[context.entity_table];
  const StoredTable& items = context.graph.store.tables[context.item_table];
  std::vector<Meeting> meetings;
  meetings.reserve(history.row.size());
  for (size_t i = 0; i < history.row.size(); ++i) {
    const auto item = static_cast<int64_t>(history.label[i]);
    // The label's own SQL saw only what was there; that both rows are known has to be said.
    const int64_t time = std::max(
        {known_from(context, history.time[i]), entities.time[history.row[i]], items.time[item]});
    meetings.push_back({static_cast<int32_t>(history.row[i]), static_cast<int32_t>(item), time});
  }
  return {Interactions::kLabels, entities.rows, items.rows, std::move(meetings)};
}

namespace {

/// A sort of meetings: rows of a table, and where their entity and their item are.
struct Sort {
  size_t steps;
  std::string name;
  int32_t table;
  Way to_entity, to_item;
};

/// The shortest first.
std::vector<Sort> sorts_of(const ModelContext& context, size_t most) {
  const Graph& graph = context.graph;
  std::vector<Sort> sorts;
  for (int32_t table = 0; table < static_cast<int32_t>(graph.store.tables.size()); ++table) {
    const auto ways = ways_from(graph, table);
    for (const Way& to_entity : ways) {
      if (to_entity.end != context.entity_table) continue;
      for (const Way& to_item : ways) {
        if (to_item.end != context.item_table || to_item.links == to_entity.links) continue;
        sorts.push_back({to_entity.links.size() + to_item.links.size(),
                         name_of(graph, table, to_entity) + ", " + name_of(graph, table, to_item),
                         table, to_entity, to_item});
      }
    }
  }
  std::sort(sorts.begin(), sorts.end(), [](const Sort& a, const Sort& b) {
    return std::tie(a.steps, a.name) < std::tie(b.steps, b.name);
  });
  if (sorts.size() > most) sorts.resize(most);
  return sorts;
}

}  // namespace

std::vector<std::string> row_interaction_names(const ModelContext& context, size_t most) {
  std::vector<std::string> out;
  for (const Sort& sort : sorts_of(context, most)) out.push_back(sort.name);
  return out;
}

std::vector<Interactions> row_interactions(const ModelContext& context, size_t most) {
  const Graph& graph = context.graph;
  std::vector<Interactions> out;
  for (const Sort& sort : sorts_of(context, most)) {
    const StoredTable& rows = graph.store.tables[sort.table];
    std::vector<Meeting> meetings;
    for (int64_t row = 0; row < rows.rows; ++row) {
      int64_t time = rows.time[row];
      const int64_t entity = follow(graph, sort.to_entity, row, time);
      const int64_t item = follow(graph, sort.to_item, row, time);
      if (entity >= 0 && item >= 0)
        meetings.push_back({static_cast<int32_t>(entity), static_cast<int32_t>(item), time});
    }
    out.emplace_back(sort.name, graph.store.tables[context.entity_table].rows,
                     graph.store.tables[context.item_table].rows, std::move(meetings));
  }
  return out;
}

Interactions main_interactions(const History& history, const ModelContext& context) {
  if (has_history(*context.task)) return label_interactions(history, context);
  auto rows = row_interactions(context, 1);
  return rows.empty() ? label_interactions({}, context) : std::move(rows[0]);
}

int64_t recent_span(const ModelContext& context) {
  return context.horizon > 0 ? context.horizon : kDefaultSpan;
}

}  // namespace cenote
