// SPDX-License-Identifier: Apache-2.0
#include "query/sql_scope.h"

#include <fmt/format.h>

#include "base/time.h"
#include "database/snapshot.h"

namespace cenote::query {
namespace {

std::string write_literal(const BoundNode& node) {
  if (!node.type) return "NULL";
  switch (*node.type) {
    case StorageType::boolean: return node.literal.boolean ? "TRUE" : "FALSE";
    case StorageType::int64: return std::to_string(node.literal.whole);
    // From a text every digit counts; a bare 0.1 would be a DECIMAL first.
    case StorageType::float64: return fmt::format("CAST('{}' AS DOUBLE)", node.literal.real);
    case StorageType::time: return fmt::format("make_timestamp({}::BIGINT)", node.literal.whole);
    case StorageType::utf8: break;
  }
  return quote_literal(node.literal.text);
}

}  // namespace

std::string field(const std::string& alias, const std::string& name) {
  return alias + "." + quote_identifier(name);
}

std::string link_condition(const Link& link, const std::string& child, const std::string& parent) {
  std::string out;
  for (size_t i = 0; i < link.from_columns.size(); ++i) {
    out += fmt::format("{}{} = {}", i == 0 ? "" : " AND ", field(parent, link.to_columns[i]),
                       field(child, link.from_columns[i]));
  }
  return out;
}

std::string SqlScope::alias_of(const std::vector<int64_t>& up) {
  if (up.empty()) return alias_;
  if (const auto known = aliases_.find(up); known != aliases_.end()) return known->second;
  const std::string child = alias_of({up.begin(), up.end() - 1});
  const Link& link = schema_.links[static_cast<size_t>(up.back())];
  const Table& parent = schema_.table(link.to_table);
  const std::string alias = fmt::format("{}_{}", alias_, aliases_.size() + 1);
  joins_ += fmt::format("LEFT JOIN {} AS {} ON {}", quote_identifier(parent.name), alias,
                        link_condition(link, child, alias));
  if (!parent.time_column.empty())
    joins_ += fmt::format(" AND {} <= {}", field(alias, parent.time_column), known_by_);
  joins_ += "\n";
  aliases_.emplace(up, alias);
  return alias;
}

std::string SqlScope::column(const BoundColumn& at) {
  const Table& table = schema_.tables[static_cast<size_t>(at.table)];
  return field(alias_of(at.up), table.columns[static_cast<size_t>(at.column)].name);
}

/// Arithmetic is done in DOUBLE, so that no whole number overflows.
std::string SqlScope::number(const BoundNode& node, const std::vector<std::string>& values) {
  const std::string text = write(node, values);
  return node.type == StorageType::float64 ? text : fmt::format("CAST({} AS DOUBLE)", text);
}

std::string SqlScope::write(const BoundNode& node, const std::vector<std::string>& values) {
  using Kind = Node::Kind;
  const auto child = [&](size_t i) { return write(node.children[i], values); };
  const std::string no = node.negated ? "NOT " : "";
  switch (node.kind) {
    case Kind::literal: return write_literal(node);
    case Kind::column: return column(node.column);
    case Kind::aggregate: return values.at(static_cast<size_t>(node.aggregate));
    case Kind::negative: return fmt::format("(-{})", number(node.children[0], values));
    case Kind::arithmetic: {
      const std::string a = number(node.children[0], values), b = number(node.children[1], values);
      // A value over nothing is no value.
      if (node.op == "/") return fmt::format("({} / nullif({}, 0))", a, b);
      return fmt::format("({} {} {})", a, node.op, b);
    }
    case Kind::compare:
      return fmt::format("({} {} {})", child(0), node.op == "!=" ? "<>" : node.op, child(1));
    case Kind::is_null: return fmt::format("({} IS {}NULL)", child(0), no);
    case Kind::not_: return fmt::format("(NOT {})", child(0));
    case Kind::match: {
      if (node.op == "LIKE") return fmt::format("({} {}LIKE {})", child(0), no, child(1));
      const char* call = node.op == "CONTAINS"      ? "contains"
                         : node.op == "STARTS WITH" ? "starts_with"
                                                    : "ends_with";
      return fmt::format("({}{}({}, {}))", no, call, child(0), child(1));
    }
    case Kind::in_list: {
      std::string list;
      for (size_t i = 1; i < node.children.size(); ++i) list += (i == 1 ? "" : ", ") + child(i);
      return fmt::format("({} {}IN ({}))", child(0), no, list);
    }
    case Kind::and_:
    case Kind::or_: {
      std::string out = "(";
      for (size_t i = 0; i < node.children.size(); ++i)
        out += (i == 0 ? "" : node.kind == Kind::and_ ? " AND " : " OR ") + child(i);
      return out + ")";
    }
  }
  return "";
}

}  // namespace cenote::query
