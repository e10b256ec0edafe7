// SPDX-License-Identifier: Apache-2.0
// Conditions and values, from what binds least to what binds most: OR, AND, NOT, comparison, + -, * /, sign.
#include <charconv>
#include <cmath>

#include "base/check.h"
#include "query/parser.h"

namespace cenote::query {
namespace {

constexpr size_t kMostListed = 10'000;
constexpr int64_t kMostTerms = 200;  // of a sum or a product, which nest to the left

Node make(Node::Kind kind, Span sign, Span place) {
  Node node;
  node.kind = kind;
  node.sign = sign;
  node.place = place;
  return node;
}

template <class... Children>
Node parent(Node::Kind kind, Span sign, Children&&... children) {
  Node node = make(kind, sign, {});
  (node.children.push_back(std::forward<Children>(children)), ...);
  node.place = join(node.children.front().place, node.children.back().place);
  return node;
}

}  // namespace

Node Parser::condition() {
  const Deeper deeper(*this);
  Node first = conjunction();
  if (!at_keyword("OR")) return first;
  Node node = parent(Node::Kind::or_, peek().place, std::move(first));
  while (take_keyword("OR")) node.children.push_back(conjunction());
  node.place = join(node.place, last());
  return node;
}

Node Parser::conjunction() {
  Node first = negation();
  if (!at_keyword("AND")) return first;
  Node node = parent(Node::Kind::and_, peek().place, std::move(first));
  while (take_keyword("AND")) node.children.push_back(negation());
  node.place = join(node.place, last());
  return node;
}

Node Parser::negation() {
  if (!at_keyword("NOT") || at_symbol(".", 1)) return comparison();
  const Deeper deeper(*this);
  const Span sign = take().place;
  Node node = parent(Node::Kind::not_, sign, negation());
  node.place = join(sign, node.place);
  return node;
}

Node Parser::comparison() { return compared(sum()); }

/// What follows a value: a comparison with another, or nothing.
Node Parser::compared(Node value) {
  for (const std::string_view symbol : {"=", "!=", "<>", "<", "<=", ">", ">="}) {
    if (!at_symbol(symbol)) continue;
    const Span sign = take().place;
    Node node = parent(Node::Kind::compare, sign, std::move(value), sum());
    node.op = symbol == "<>" ? "!=" : std::string(symbol);
    for (const std::string_view again : {"=", "!=", "<>", "<", "<=", ">", ">="}) {
      if (at_symbol(again))
        refuse_at(text_, peek().place, "comparisons do not chain; join two of them with AND");
    }
    return node;
  }
  if (at_keyword("IS")) {
    if (at_keyword("IN", 1)) {
      take();
      return in_list(std::move(value), false);
    }
    if (at_keyword("NOT", 1) && at_keyword("IN", 2)) {
      take();
      take();
      return in_list(std::move(value), true);
    }
    return is_null(std::move(value));
  }
  const bool negated = at_keyword("NOT");
  const size_t word = negated ? 1 : 0;
  if (at_keyword("IN", word)) {
    if (negated) take();
    return in_list(std::move(value), negated);
  }
  for (const std::string op : {"LIKE", "CONTAINS", "STARTS", "ENDS"}) {
    if (!at_keyword(op, word)) continue;
    if (negated) take();
    return match(std::move(value), op, negated);
  }
  if (negated) {
    take();
    expected("IN, LIKE, CONTAINS, STARTS WITH or ENDS WITH after NOT",
             {"IN", "LIKE", "CONTAINS", "STARTS", "ENDS"});
  }
  return value;
}

Node Parser::is_null(Node value) {
  const Span sign = take().place;
  const bool negated = take_keyword("NOT");
  if (at_keyword("NULL")) {
    const Span end = take().place;
    Node node = parent(Node::Kind::is_null, join(sign, end), std::move(value));
    node.place = join(node.place, end);
    node.negated = negated;
    return node;
  }
  // Kumo's IS and IS NOT: another way to write = and !=.
  if (at_reserved()) expected("NULL, NOT, IN or a value after IS", {"NULL", "NOT", "IN"});
  Node node = parent(Node::Kind::compare, sign, std::move(value), sum());
  node.op = negated ? "!=" : "=";
  return node;
}

Node Parser::in_list(Node value, bool negated) {
  const Span sign = take().place;
  Node node = parent(Node::Kind::in_list, sign, std::move(value));
  node.negated = negated;
  if (!take_symbol("(")) expected("'(' and the list of values after IN");
  if (at_symbol(")")) refuse_at(text_, peek().place, "the list of IN is empty; it needs a value");
  do {
    node.children.push_back(literal());
    if (node.children.size() > kMostListed)
      refuse_at(text_, last(), "the list of IN has more than {} values", kMostListed);
  } while (take_symbol(","));
  if (!take_symbol(")")) expected("',' or ')' in the list of IN");
  node.place = join(node.place, last());
  return node;
}

Node Parser::match(Node value, const std::string& op, bool negated) {
  Span sign = take().place;
  if (op == "STARTS" || op == "ENDS") {
    if (!take_keyword("WITH")) expected(fmt::format("WITH after {}", op), {"WITH"});
    sign = join(sign, last());
  }
  Node node = parent(Node::Kind::match, sign, std::move(value), literal());
  node.op = op == "STARTS" || op == "ENDS" ? op + " WITH" : op;
  node.negated = negated;
  return node;
}

Node Parser::sum() {
  Node left = product();
  for (int64_t terms = 1; at_symbol("+") || at_symbol("-"); ++terms) {
    if (terms == kMostTerms)
      refuse_at(text_, peek().place, "a sum has more than {} terms", kMostTerms);
    const Token sign = take();
    left = parent(Node::Kind::arithmetic, sign.place, std::move(left), product());
    left.op = sign.text;
  }
  return left;
}

Node Parser::product() {
  Node left = factor();
  for (int64_t terms = 1; at_symbol("*") || at_symbol("/"); ++terms) {
    if (terms == kMostTerms)
      refuse_at(text_, peek().place, "a product has more than {} factors", kMostTerms);
    const Token sign = take();
    left = parent(Node::Kind::arithmetic, sign.place, std::move(left), factor());
    left.op = sign.text;
  }
  return left;
}

Node Parser::factor() {
  if (!at_symbol("-")) return primary();
  if (peek(1).kind == TokenKind::number) return literal();
  const Deeper deeper(*this);
  const Span sign = take().place;
  Node node = parent(Node::Kind::negative, sign, factor());
  node.place = join(sign, node.place);
  return node;
}

Node Parser::primary() {
  const Token& token = peek();
  if (at_symbol("(")) {
    const Span begin = take().place;
    Node node = condition();
    if (!take_symbol(")")) {
      if (peek().kind == TokenKind::end) refuse_at(text_, begin, "this '(' is not closed");
      expected("an operator or ')'", {"AND", "OR"});
    }
    node.place = join(begin, last());
    return node;
  }
  const bool dot = at_symbol(".", 1);
  const bool word = token.kind == TokenKind::name || token.kind == TokenKind::quoted_name;
  if (word && dot) {
    Node node = make(Node::Kind::column, token.place, {});
    node.name = name("a column");
    node.place = node.name.place;
    return node;
  }
  if (token.kind == TokenKind::name && at_symbol("(", 1)) return aggregate();
  const bool value = token.kind == TokenKind::number || token.kind == TokenKind::text ||
                     token.kind == TokenKind::quoted_name || at_keyword("TRUE") ||
                     at_keyword("FALSE") || at_keyword("NULL");
  if (value) return literal();
  if (token.kind == TokenKind::name && !at_reserved()) {
    refuse_at(
        text_, token.place,
        "expected an aggregation, a column or a value, got {}; a column is written table.column{}",
        token.shown(), ", a text in 'single quotes'");
  }
  expected("an aggregation, a column or a value");
}

Node Parser::literal() {
  Node node = make(Node::Kind::literal, peek().place, peek().place);
  const bool negative = at_symbol("-") && peek(1).kind == TokenKind::number;
  if (negative) take();
  const Token token = peek();
  Literal& out = node.literal;
  if (token.kind == TokenKind::number) {
    const std::string text = (negative ? "-" : "") + token.text;
    const char* end = text.data() + text.size();
    const auto whole = std::from_chars(text.data(), end, out.whole);
    if (whole.ec == std::errc() && whole.ptr == end) {
      out.kind = Literal::Kind::whole;
      out.real = static_cast<double>(out.whole);
    } else {
      out.kind = Literal::Kind::real;
      const auto real = std::from_chars(text.data(), end, out.real);
      if (real.ec != std::errc() || !std::isfinite(out.real))
        refuse_at(text_, token.place, "the number {} is out of range", token.shown());
    }
  } else if (token.kind == TokenKind::text ||
             (token.kind == TokenKind::quoted_name && !at_symbol(".", 1))) {
    out.kind = Literal::Kind::text;
    out.text = token.text;
  } else if (at_keyword("TRUE") || at_keyword("FALSE")) {
    out.kind = Literal::Kind::boolean;
    out.boolean = at_keyword("TRUE");
  } else if (at_keyword("NULL")) {
    out.kind = Literal::Kind::null;
  } else {
    expected("a value: a number, a 'text', TRUE or FALSE");
  }
  take();
  node.place = join(node.place, last());
  return node;
}

}  // namespace cenote::query
