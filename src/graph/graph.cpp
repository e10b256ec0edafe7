// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.h"

#include "base/check.h"

namespace cenote {
namespace {

std::vector<const ColumnData*> named_columns(const Schema& schema, const ColumnStore& store,
                                             int64_t table, const std::vector<std::string>& names) {
  std::vector<const ColumnData*> out;
  for (const auto& name : names) {
    const int64_t column = schema.tables[table].find_column(name);
    CENOTE_ASSERT(column >= 0);
    out.push_back(&store.tables[table].columns[column]);
  }
  return out;
}

GraphLink build_link(const Schema& schema, const ColumnStore& store, const Link& link) {
  GraphLink out;
  out.name = link.name();
  out.child_table = static_cast<int32_t>(schema.find_table(link.from_table));
  out.parent_table = static_cast<int32_t>(schema.find_table(link.to_table));
  const StoredTable& child = store.tables[out.child_table];
  const StoredTable& parent = store.tables[out.parent_table];
  const auto from = named_columns(schema, store, out.child_table, link.from_columns);
  const KeyIndex index(named_columns(schema, store, out.parent_table, link.to_columns));

  out.parent.resize(child.rows);
  out.offsets.assign(parent.rows + 1, 0);
  for (int64_t row = 0; row < child.rows; ++row) {
    out.parent[row] = static_cast<int32_t>(index.find(from, row));
    if (out.parent[row] >= 0) ++out.offsets[out.parent[row] + 1];
  }
  for (int64_t row = 0; row < parent.rows; ++row) out.offsets[row + 1] += out.offsets[row];

  // A counting sort by parent. It is stable, and the table is in order of time: so are the children.
  out.children.resize(out.offsets.back());
  out.child_time.resize(out.offsets.back());
  std::vector<int64_t> next(out.offsets.begin(), out.offsets.end() - 1);
  for (int64_t row = 0; row < child.rows; ++row) {
    if (out.parent[row] < 0) continue;
    const int64_t slot = next[out.parent[row]]++;
    out.children[slot] = static_cast<int32_t>(row);
    out.child_time[slot] = child.time[row];
  }
  return out;
}

}  // namespace

int32_t Graph::group_table(int64_t relation) const {
  const GraphLink& link = links[relation / 2];
  return relation % 2 == 0 ? link.parent_table : link.child_table;
}

int32_t Graph::row_table(int64_t relation) const {
  const GraphLink& link = links[relation / 2];
  return relation % 2 == 0 ? link.child_table : link.parent_table;
}

std::string Graph::relation_name(int64_t relation) const {
  return links[relation / 2].name + (relation % 2 == 0 ? "" : "^");
}

Graph build_graph(const Schema& schema, ColumnStore store, ThreadPool& threads) {
  Graph graph;
  graph.store = std::move(store);
  graph.links.resize(schema.links.size());
  threads.parallel_for(static_cast<int64_t>(schema.links.size()), [&](int64_t i) {
    graph.links[i] = build_link(schema, graph.store, schema.links[i]);
  });
  return graph;
}

}  // namespace cenote
