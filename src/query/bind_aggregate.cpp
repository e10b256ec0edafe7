// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "query/bind.h"

namespace cenote::query {
namespace {

constexpr size_t kMostAggregates = 64;

std::string shown(const Window& window) {
  return fmt::format("({}, {}]", window.start ? std::to_string(*window.start) : "-INF", window.end);
}

bool is_star_only(Function function) { return function == Function::count; }

}  // namespace

BoundNode Binder::aggregate(const Node& node, Clause clause) {
  if (clause == Clause::rows) {
    refuse_at(
        text_, node.place,
        "an aggregation cannot stand in the WHERE of an aggregation, which is about single rows");
  }
  if (out_.aggregates.size() == kMostAggregates)
    refuse_at(text_, node.place, "a question may have at most {} aggregations", kMostAggregates);
  BoundAggregate out;
  out.function = node.function;
  over(node, out);
  check_function(node, out);
  if (!node.children.empty()) {
    out.where = expression(node.children.front(), Clause::rows, out.table);
    need_condition(node.children.front(), *out.where);
  }
  check_window(node, clause, out);

  BoundNode bound;
  bound.kind = Node::Kind::aggregate;
  bound.aggregate = std::ssize(out_.aggregates);
  switch (out.function) {
    case Function::count:
    case Function::count_distinct: bound.type = StorageType::int64; break;
    case Function::sum:
    case Function::avg: bound.type = StorageType::float64; break;
    default: bound.type = column_at(*out.column).storage;
  }
  out_.aggregates.push_back(std::move(out));
  return bound;
}

/// The table, the column and the way to the entity.
void Binder::over(const Node& node, BoundAggregate& out) const {
  const Names::Found found = names_.table(node.name);
  out.table = found.table;
  if (node.name.star) {
    if (found.parts != node.name.parts.size())
      refuse_at(text_, node.name.place, "'*' stands behind a table, as in {}.*",
                write_table(names_.table(found.table).name));
  } else {
    out.column = names_.column_of(out.table, node.name);
  }
  if (!node.via) {
    const std::string column = node.name.star ? ".*" : "." + write_name(node.name.parts.back());
    out.path = names_.way(out.table, out_.entity_table, node.name.place,
                          write_table(names_.table(out.table).name) + column + " VIA ", "");
    return;
  }
  const Names::Found via = names_.table(*node.via);
  if (via.table != out.table) {
    refuse_at(text_, node.via->place,
              "VIA begins at the table of the aggregation, '{}', not at '{}'",
              names_.table(out.table).name, names_.table(via.table).name);
  }
  if (via.parts == node.via->parts.size())
    refuse_at(text_, node.via->place, "VIA takes a link, written table.column");
  out.path = names_.follow(out.table, *node.via, via.parts, node.via->parts.size());
  const int64_t end = names_.end_of(out.table, out.path);
  if (end == out_.entity_table) return;
  const auto rest = names_.way(end, out_.entity_table, node.via->place,
                               "VIA " + names_.written(out.table, out.path) + " and on: ", "");
  out.path.insert(out.path.end(), rest.begin(), rest.end());
}

void Binder::check_function(const Node& node, const BoundAggregate& out) const {
  const auto name = to_string(out.function);
  if (out.function == Function::list_distinct && !in_list_target_) {
    refuse_at(text_, node.place,
              "LIST_DISTINCT is a whole target: it cannot be compared or calculated with");
  }
  if (!out.column) {
    if (is_star_only(out.function)) return;
    refuse_at(
        text_, node.name.places.back(), "{} needs a column, not *; {}", name,
        out.function == Function::count_distinct ? "COUNT counts the rows" : "only COUNT takes *");
  }
  const Column& column = column_at(*out.column);
  const bool number = is_number(column.storage);
  if ((out.function == Function::sum || out.function == Function::avg) && !number) {
    refuse_at(text_, node.name.place, "{} needs a column of numbers; '{}' holds {} values", name,
              column.name, to_string(column.storage));
  }
  if ((out.function == Function::min || out.function == Function::max) &&
      column.storage == StorageType::boolean) {
    refuse_at(text_, node.name.place, "{} needs a column with an order; '{}' holds boolean values",
              name, column.name);
  }
}

void Binder::check_window(const Node& node, Clause clause, BoundAggregate& out) const {
  const Table& table = names_.table(out.table);
  if (!node.window) {
    refuse_at(text_, node.place, "{} needs a window, as in {}", to_string(out.function),
              clause == Clause::where ? "(..., -30, 0, days) for the last 30 days"
                                      : "(..., 0, 30, days) for the next 30 days");
  }
  out.window = *node.window;
  out.forward = clause != Clause::where;
  if (table.time_column.empty()) {
    refuse_at(text_, node.name.places.front(),
              "table '{}' has no time column, so its rows lie in no window", table.name);
  }
  const Span place = node.window->place;
  if (out.forward && (!out.window.start || *out.window.start < 0)) {
    refuse_at(text_, place,
              "the window {} looks back; in {} windows look forward from 0 on (WHERE looks back)",
              shown(out.window), clause == Clause::target ? "PREDICT" : "ASSUMING");
  }
  if (!out.forward && out.window.end > 0) {
    refuse_at(text_, place,
              "the window {} looks forward; in WHERE windows look back and end at 0 or before "
              "(ASSUMING looks forward)",
              shown(out.window));
  }
}

}  // namespace cenote::query
