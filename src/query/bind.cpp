// SPDX-License-Identifier: Apache-2.0
#include "query/bind.h"

#include <algorithm>

#include "base/check.h"

namespace cenote::query {
namespace {

constexpr int64_t kDefaultTop = 10;

bool has_aggregate(const Node& node) {
  return node.kind == Node::Kind::aggregate ||
         std::any_of(node.children.begin(), node.children.end(), has_aggregate);
}

bool same(const Window& a, const Window& b) {
  return a.start == b.start && a.end == b.end && a.unit == b.unit;
}

}  // namespace

BoundQuestion bind_question(std::string_view text, const Statement& statement,
                            const Schema& schema) {
  return Binder(text, statement, schema).run();
}

BoundQuestion Binder::run() {
  entity();
  if (statement_.target.kind == Node::Kind::column) {
    missing();
  } else {
    const Node& target = statement_.target;
    if (!has_aggregate(target)) {
      refuse(text_, target.place, ErrorCode::unsupported,
             "the target asks nothing about the future: it needs an aggregation, or is a column "
             "alone, whose missing values are then predicted");
    }
    in_list_target_ = target.kind == Node::Kind::aggregate;
    out_.target = expression(target, Clause::target, out_.entity_table);
    in_list_target_ = false;
    out_.target_aggregates = std::ssize(out_.aggregates);
    answer();
  }
  if (statement_.where) out_.where = condition(*statement_.where, Clause::where);
  if (statement_.assuming) {
    if (!has_aggregate(*statement_.assuming)) {
      refuse_at(text_, statement_.assuming->place,
                "ASSUMING is about the future and needs an aggregation; conditions on columns "
                "stand in WHERE");
    }
    out_.assuming = condition(*statement_.assuming, Clause::assuming);
  }
  return std::move(out_);
}

BoundNode Binder::condition(const Node& node, Clause clause) {
  if (out_.kind == QuestionKind::missing && clause == Clause::assuming) {
    refuse(text_, node.place, ErrorCode::unsupported,
           "a missing value of a row has no future to assume; ASSUMING needs an aggregation as the "
           "target");
  }
  BoundNode out = expression(node, clause, out_.entity_table);
  need_condition(node, out);
  return out;
}

/// FOR EACH ratings.userId asks about the rows that it refers to: the name of their key instead, if it is so.
Name Binder::entity_name() const {
  Name name = statement_.entity;
  const Names::Found found = names_.table(name);
  if (name.parts.size() != found.parts + 1) return name;
  const Table& table = names_.table(found.table);
  const std::vector<std::string> column{name.parts.back()};
  if (table.primary_key == column) return name;
  for (const Link& link : names_.schema().links) {
    if (link.from_table != table.name || link.from_columns != column ||
        names_.schema().table(link.to_table).primary_key != link.to_columns)
      continue;
    name.parts = {link.to_table, link.to_columns.front()};
    name.places = {name.places.front(), name.places.back()};
    return name;
  }
  return name;
}

void Binder::entity() {
  const Name name = entity_name();
  const Names::Found found = names_.table(name);
  const Table& table = names_.table(found.table);
  out_.entity_table = found.table;
  if (table.primary_key.size() != 1) {
    refuse_at(text_, name.place,
              "table '{}' needs a primary key of one column to be asked about, it has {}",
              table.name,
              table.primary_key.empty() ? "none" : "(" + join_names(table.primary_key) + ")");
  }
  const std::string& key = table.primary_key.front();
  if (name.parts.size() > found.parts + 1)
    refuse_at(text_, name.place, "FOR EACH takes a table and its key: {}.{}",
              write_table(table.name), write_name(key));
  out_.entity_column = table.find_column(key);
  if (name.parts.size() > found.parts) {
    const int64_t column = names_.column(found.table, name.parts.back(), name.places.back());
    if (column != out_.entity_column) {
      refuse_at(text_, name.places.back(),
                "FOR EACH takes the key of a table; the key of '{}' is '{}', not '{}'", table.name,
                key, table.columns[static_cast<size_t>(column)].name);
    }
  }
  if (!statement_.chosen) return;
  Node chosen = *statement_.chosen;
  if (chosen.kind == Node::Kind::compare && chosen.children[1].kind != Node::Kind::literal)
    refuse_at(text_, chosen.children[1].place, "expected the key of one '{}', a number or a 'text'",
              table.name);
  if (name.parts.size() > found.parts) {
    chosen.children[0].name = name;
  } else {
    chosen.children[0].kind = Node::Kind::column;
    chosen.children[0].name = name;
    chosen.children[0].name.parts.push_back(key);
    chosen.children[0].name.places.push_back(name.places.back());
  }
  out_.chosen = expression(chosen, Clause::rows, out_.entity_table);
}

void Binder::answer() {
  const BoundNode& target = out_.target;
  const bool list = target.kind == Node::Kind::aggregate &&
                    out_.aggregates.front().function == Function::list_distinct;
  if (list) return ranking();
  if (statement_.rank || (statement_.top && !statement_.classify))
    refuse_at(text_, statement_.answer,
              "RANK TOP needs LIST_DISTINCT as the target, a list to rank");
  if (statement_.top) {
    refuse(text_, statement_.answer, ErrorCode::unsupported,
           "CLASSIFY takes no TOP: predictions hold the probability of every class");
  }
  if (target.type == StorageType::time) {
    refuse(text_, statement_.target.place, ErrorCode::unsupported,
           "a time cannot be predicted; ask whether it comes before or after another");
  }
  if (statement_.frames) return forecast();
  if (target.type == StorageType::boolean) {
    out_.kind = QuestionKind::binary;
    return;
  }
  bool classes = target.type == StorageType::utf8;
  if (target.kind == Node::Kind::aggregate) {
    const BoundAggregate& over = out_.aggregates.front();
    const bool picks = over.function == Function::first || over.function == Function::last;
    const ColumnType type = over.column ? column_at(*over.column).type : ColumnType::number;
    classes |= picks && (type == ColumnType::category || type == ColumnType::key);
  }
  out_.kind = classes || statement_.classify ? QuestionKind::multiclass : QuestionKind::regression;
}

/// "Which items next": the list holds keys of a table.
void Binder::ranking() {
  if (statement_.frames)
    refuse_at(text_, statement_.answer, "FORECAST needs a number as the target, not a list");
  const BoundColumn& column = *out_.aggregates.front().column;
  const Table& table = names_.table(column.table);
  const std::string& name = column_at(column).name;
  const auto refers = [&](const Link& link) {
    return link.from_table == table.name && link.from_columns.size() == 1 &&
           link.from_columns.front() == name;
  };
  const auto& links = names_.schema().links;
  const bool key = table.primary_key.size() == 1 && table.primary_key.front() == name;
  if (!key && std::none_of(links.begin(), links.end(), refers)) {
    refuse(text_, statement_.target.place, ErrorCode::unsupported,
           fmt::format(
               "LIST_DISTINCT takes a column that refers to a table; '{}' of '{}' refers to none",
               name, table.name));
  }
  if (statement_.classify)
    refuse_at(text_, statement_.answer, "a list is ranked, not classified: RANK TOP k");
  out_.kind = QuestionKind::ranking;
  out_.top = statement_.top.value_or(kDefaultTop);
}

void Binder::forecast() {
  if (!is_number(out_.target.type))
    refuse_at(text_, statement_.target.place, "FORECAST needs a number as the target");
  for (const BoundAggregate& one : out_.aggregates) {
    if (!same(one.window, out_.aggregates.front().window))
      refuse_at(text_, one.window.place,
                "FORECAST repeats one window; all aggregations of the target must have the same");
  }
  const Window& window = out_.aggregates.front().window;
  const int64_t length = (window.end - *window.start) * least_seconds(window.unit);
  if (*statement_.frames > kMostYears * 365 * 86'400 / length) {
    refuse_at(text_, statement_.answer, "{} timeframes of {} {} reach further than {} years",
              *statement_.frames, window.end - *window.start, to_string(window.unit), kMostYears);
  }
  out_.kind = QuestionKind::forecast;
  out_.frames = statement_.frames;
}

/// PREDICT players.position FOR EACH players.id: a column of the entity's own rows.
void Binder::missing() {
  const Node& target = statement_.target;
  const Table& table = names_.table(out_.entity_table);
  out_.kind = QuestionKind::missing;
  out_.target = column(target, Clause::target, out_.entity_table);
  const BoundColumn& at = out_.target.column;
  if (!at.up.empty()) {
    refuse(text_, target.place, ErrorCode::unsupported,
           fmt::format("'{}' is a column of '{}'; missing values are predicted in the table that "
                       "is asked about, '{}'",
                       column_at(at).name, names_.table(at.table).name, table.name));
  }
  if (statement_.frames)
    refuse_at(text_, statement_.answer, "FORECAST needs an aggregation as the target");
  if (statement_.rank || statement_.top)
    refuse_at(text_, statement_.answer,
              "RANK TOP needs LIST_DISTINCT as the target, a list to rank");
  const Column& column = column_at(at);
  if (column.name == table.time_column)
    refuse_at(text_, target.place, "'{}' is the time column of '{}' and cannot be predicted",
              column.name, table.name);
  if (at.column == out_.entity_column)
    refuse_at(text_, target.place, "'{}' is the key of '{}' and cannot be predicted", column.name,
              table.name);
  if (column.storage == StorageType::time) {
    refuse(text_, target.place, ErrorCode::unsupported, "a time cannot be predicted");
  }
  out_.multiclass_target = statement_.classify || column.storage == StorageType::utf8 ||
                           column.type == ColumnType::category || column.type == ColumnType::key;
  if (column.storage == StorageType::boolean) out_.multiclass_target = false;
}

}  // namespace cenote::query
