// SPDX-License-Identifier: Apache-2.0
// Types of values and conditions.
#include "base/check.h"
#include "base/time.h"
#include "query/bind.h"

namespace cenote::query {
namespace {

std::optional<StorageType> type_of(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::null: return std::nullopt;
    case Literal::Kind::boolean: return StorageType::boolean;
    case Literal::Kind::whole: return StorageType::int64;
    case Literal::Kind::real: return StorageType::float64;
    case Literal::Kind::text: return StorageType::utf8;
  }
  return std::nullopt;
}

std::string_view kind_of(const std::optional<StorageType>& type) {
  if (!type) return "NULL";
  switch (*type) {
    case StorageType::int64:
    case StorageType::float64: return "a number";
    case StorageType::utf8: return "a text";
    case StorageType::boolean: return "true or false";
    case StorageType::time: return "a time";
  }
  return "";
}

bool comparable(const std::optional<StorageType>& a, const std::optional<StorageType>& b) {
  return a == b || (is_number(a) && is_number(b));
}

BoundNode bound_of(const Node& node, std::optional<StorageType> type) {
  BoundNode out;
  out.kind = node.kind;
  out.op = node.op;
  out.negated = node.negated;
  out.type = type;
  return out;
}

}  // namespace

bool is_number(const std::optional<StorageType>& type) {
  return type == StorageType::int64 || type == StorageType::float64;
}

std::string Binder::described(const BoundNode& node) const {
  if (node.kind == Node::Kind::column) {
    const Column& column = column_at(node.column);
    return fmt::format("'{}' holds {} values", column.name, to_string(column.storage));
  }
  return fmt::format("this is {}", kind_of(node.type));
}

void Binder::need_condition(const Node& node, const BoundNode& bound) const {
  if (bound.type == StorageType::boolean) return;
  refuse_at(text_, node.place, "expected a condition, but {}; compare it with something",
            described(bound));
}

/// `node` is where the second one stands.
void Binder::need_comparable(const Node& node, const BoundNode& a, const BoundNode& b) const {
  if (comparable(a.type, b.type)) return;
  const BoundNode& column = a.kind == Node::Kind::column ? a : b;
  refuse_at(text_, node.place, "{} and {} cannot be compared{}", kind_of(a.type), kind_of(b.type),
            column.kind == Node::Kind::column ? ": " + described(column) : "");
}

BoundNode Binder::expression(const Node& node, Clause clause, int64_t base) {
  using Kind = Node::Kind;
  switch (node.kind) {
    case Kind::literal: {
      BoundNode out = bound_of(node, type_of(node.literal));
      out.literal = node.literal;
      return out;
    }
    case Kind::column: return column(node, clause, base);
    case Kind::aggregate: return aggregate(node, clause);
    case Kind::negative:
    case Kind::arithmetic: return arithmetic(node, clause, base);
    case Kind::compare: return compare(node, clause, base);
    case Kind::in_list: return in_list(node, clause, base);
    case Kind::match: return match(node, clause, base);
    case Kind::is_null: {
      BoundNode out = bound_of(node, StorageType::boolean);
      out.children.push_back(expression(node.children[0], clause, base));
      return out;
    }
    case Kind::not_:
    case Kind::and_:
    case Kind::or_: break;
  }
  BoundNode out = bound_of(node, StorageType::boolean);
  for (const Node& child : node.children) {
    out.children.push_back(expression(child, clause, base));
    need_condition(child, out.children.back());
  }
  return out;
}

BoundNode Binder::column(const Node& node, Clause clause, int64_t base) {
  if (node.name.star)
    refuse_at(text_, node.place, "'*' stands only in COUNT, as in COUNT({}.*, 0, 30, days)",
              write_name(node.name.parts.front()));
  const Names::Found found = names_.table(node.name);
  // Rows that refer to the entity are many: without an aggregation nobody knows which one is meant.
  if (clause != Clause::rows && found.table != base) {
    for (const Link& link : names_.schema().links) {
      if (link.from_table != names_.table(found.table).name ||
          link.to_table != names_.table(base).name)
        continue;
      refuse_at(text_, node.place,
                "'{}' has many rows for one of '{}'; say which with an aggregation, as in "
                "LAST({}.{}, {}, days)",
                link.from_table, link.to_table, write_table(link.from_table),
                write_name(node.name.parts.back()), clause == Clause::where ? "-30, 0" : "0, 30");
    }
  }
  BoundNode out = bound_of(node, std::nullopt);
  out.column = names_.column_of(base, node.name);
  out.type = column_at(out.column).storage;
  return out;
}

/// Gives a literal the type of what it is compared with.
void Binder::fit_literal(const Node& literal, BoundNode& bound, const BoundNode& other) {
  if (bound.kind != Node::Kind::literal) return;
  if (!bound.type) {
    refuse_at(text_, literal.place, "nothing equals NULL; write IS NULL or IS NOT NULL");
  }
  if (other.type != StorageType::time || bound.type != StorageType::utf8) return;
  try {
    bound.literal.whole = parse_time(bound.literal.text);
  } catch (const Error& error) {
    refuse_at(text_, literal.place, "{}", error.what());
  }
  bound.type = StorageType::time;
}

BoundNode Binder::compare(const Node& node, Clause clause, int64_t base) {
  BoundNode out = bound_of(node, StorageType::boolean);
  for (const Node& child : node.children) out.children.push_back(expression(child, clause, base));
  for (size_t i = 0; i < 2; ++i)
    fit_literal(node.children[i], out.children[i], out.children[1 - i]);
  const auto &a = out.children[0], &b = out.children[1];
  need_comparable(node.children[1], a, b);
  if (a.type == StorageType::boolean && node.op != "=" && node.op != "!=")
    refuse_at(text_, node.sign, "true and false have no order; compare them with = or !=");
  return out;
}

BoundNode Binder::in_list(const Node& node, Clause clause, int64_t base) {
  BoundNode out = bound_of(node, StorageType::boolean);
  for (const Node& child : node.children) out.children.push_back(expression(child, clause, base));
  for (size_t i = 1; i < out.children.size(); ++i) {
    fit_literal(node.children[i], out.children[i], out.children[0]);
    need_comparable(node.children[i], out.children[0], out.children[i]);
  }
  return out;
}

BoundNode Binder::match(const Node& node, Clause clause, int64_t base) {
  BoundNode out = bound_of(node, StorageType::boolean);
  for (const Node& child : node.children) out.children.push_back(expression(child, clause, base));
  for (size_t i = 0; i < 2; ++i) {
    if (out.children[i].type == StorageType::utf8) continue;
    refuse_at(text_, node.children[i].place, "{} needs texts, but {}", node.op,
              described(out.children[i]));
  }
  return out;
}

BoundNode Binder::arithmetic(const Node& node, Clause clause, int64_t base) {
  BoundNode out = bound_of(node, StorageType::float64);
  for (const Node& child : node.children) {
    out.children.push_back(expression(child, clause, base));
    if (!is_number(out.children.back().type))
      refuse_at(text_, child.place, "expected a number, but {}", described(out.children.back()));
  }
  return out;
}

}  // namespace cenote::query
