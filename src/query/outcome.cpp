// SPDX-License-Identifier: Apache-2.0
// What an empty window makes of a target or a condition.
//
// COUNT, COUNT_DISTINCT and SUM of no rows are 0, the others NULL; NULL goes through values, comparisons and
// NOT, and AND and OR follow SQL's logic of three values. From this follow the rule that users are told
// (dropped, or counted as what), and which seeds label SQL need not look at.
#include <algorithm>

#include "query/bound.h"

namespace cenote::query {
namespace {

constexpr Outcome kNull{true, false, false, false, {}};
constexpr Outcome kAnyValue{true, false, false, true, {}};
constexpr Outcome kAnyTruth{true, true, true, false, {}};

Outcome truth(bool value) { return {false, value, !value, false, {}}; }
Outcome number(double value) { return {false, false, false, true, value}; }

bool is_condition(Node::Kind kind) { return kind >= Node::Kind::compare; }

Outcome of_literal(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::null: return kNull;
    case Literal::Kind::boolean: return truth(literal.boolean);
    case Literal::Kind::text: return {false, false, false, true, {}};
    default: return number(literal.real);
  }
}

Outcome arithmetic(const std::string& op, const Outcome& a, const Outcome& b) {
  if (!a.number || !b.number || a.can_null || b.can_null) return kAnyValue;
  if (op == "+") return number(*a.number + *b.number);
  if (op == "-") return number(*a.number - *b.number);
  if (op == "*") return number(*a.number * *b.number);
  return *b.number == 0 ? kNull : number(*a.number / *b.number);
}

Outcome compare(const std::string& op, const Outcome& a, const Outcome& b) {
  if (!a.number || !b.number || a.can_null || b.can_null) return kAnyTruth;
  const double x = *a.number, y = *b.number;
  return truth(op == "="    ? x == y
               : op == "!=" ? x != y
               : op == "<"  ? x < y
               : op == "<=" ? x <= y
               : op == ">"  ? x > y
                            : x >= y);
}

Outcome in_list(const BoundNode& node, const Outcome& value) {
  if (!value.number || value.can_null) return kAnyTruth;
  const bool found =
      std::any_of(node.children.begin() + 1, node.children.end(),
                  [&](const BoundNode& one) { return one.literal.real == *value.number; });
  return truth(found != node.negated);
}

/// A truth value for whatever comes out as "something".
Outcome as_condition(Outcome outcome) {
  if (outcome.can_value) outcome.can_true = outcome.can_false = true;
  outcome.can_value = false;
  return outcome;
}

Outcome join(const BoundNode& node, const std::vector<Outcome>& parts) {
  const bool all = node.kind == Node::Kind::and_;
  Outcome out{false, all, !all, false, {}};
  for (const Outcome& part : parts) {
    out.can_null |= part.can_null;
    out.can_true = all ? out.can_true && part.can_true : out.can_true || part.can_true;
    out.can_false = all ? out.can_false || part.can_false : out.can_false && part.can_false;
    // One part that is sure decides.
    if (!part.can_null && !part.can_value && part.can_true != all && part.can_false == all)
      return truth(!all);
  }
  return out;
}

}  // namespace

Outcome outcome_without_rows(const BoundQuestion& question, const BoundNode& node,
                             int64_t aggregate) {
  using Kind = Node::Kind;
  if (node.kind == Kind::literal) return of_literal(node.literal);
  // A boolean stands as a condition, too.
  const Outcome anything = node.type == StorageType::boolean ? kAnyTruth : kAnyValue;
  if (node.kind == Kind::column) return anything;
  if (node.kind == Kind::aggregate) {
    if (aggregate >= 0 && node.aggregate != aggregate) return anything;
    switch (question.aggregates[static_cast<size_t>(node.aggregate)].function) {
      case Function::sum:
      case Function::count:
      case Function::count_distinct: return number(0);
      default: return kNull;
    }
  }
  std::vector<Outcome> parts;
  for (const BoundNode& child : node.children) {
    const bool whole = node.kind == Kind::in_list && !parts.empty();
    parts.push_back(whole ? kAnyValue : outcome_without_rows(question, child, aggregate));
  }
  if (node.kind == Kind::is_null) {
    if (parts[0].only_null()) return truth(!node.negated);
    return parts[0].can_null ? Outcome{false, true, true, false, {}} : truth(node.negated);
  }
  if (node.kind == Kind::and_ || node.kind == Kind::or_) {
    for (Outcome& part : parts) part = as_condition(part);
    return join(node, parts);
  }
  const size_t operands = node.kind == Kind::in_list || node.kind == Kind::match ? 1 : parts.size();
  for (size_t i = 0; i < operands; ++i) {
    if (parts[i].only_null()) return kNull;
  }
  switch (node.kind) {
    case Kind::negative:
      return parts[0].number && !parts[0].can_null ? number(-*parts[0].number) : kAnyValue;
    case Kind::arithmetic: return arithmetic(node.op, parts[0], parts[1]);
    case Kind::compare: return compare(node.op, parts[0], parts[1]);
    case Kind::in_list: return in_list(node, parts[0]);
    case Kind::not_: {
      const Outcome part = as_condition(parts[0]);
      return {part.can_null, part.can_false, part.can_true, false, {}};
    }
    default: return is_condition(node.kind) ? kAnyTruth : kAnyValue;
  }
}

}  // namespace cenote::query
