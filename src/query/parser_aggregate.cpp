// SPDX-License-Identifier: Apache-2.0
// COUNT(results.* WHERE results.statusId != 1 VIA results.driverId, 0, 30, days)
#include <array>
#include <charconv>

#include "base/check.h"
#include "query/parser.h"

namespace cenote::query {
namespace {

constexpr std::array<Function, 9> kFunctions{
    Function::sum,           Function::avg,   Function::min,
    Function::max,           Function::count, Function::count_distinct,
    Function::list_distinct, Function::first, Function::last};
constexpr std::array<Unit, 7> kUnits{Unit::seconds, Unit::minutes, Unit::hours, Unit::days,
                                     Unit::weeks,   Unit::months,  Unit::years};
constexpr std::array<int64_t, 7> kSeconds{1,          60,          3600,        86'400,
                                          7 * 86'400, 28 * 86'400, 365 * 86'400};

}  // namespace

int64_t least_seconds(Unit unit) { return kSeconds[static_cast<size_t>(unit)]; }

Node Parser::aggregate() {
  Node node;
  node.kind = Node::Kind::aggregate;
  const Token function = take();
  node.sign = function.place;
  std::vector<std::string> functions;
  bool known = false;
  for (const Function one : kFunctions) {
    functions.emplace_back(to_string(one));
    if (!function.is_keyword(to_string(one))) continue;
    node.function = one;
    known = true;
  }
  if (!known) {
    refuse_at(text_, function.place, "no aggregation {}; {}", function.shown(),
              choices_hint(capitals(function.text), functions));
  }
  const Span begin = take().place;
  node.name = name("a column or table.*");
  if (node.name.parts.size() + (node.name.star ? 1 : 0) < 2)
    refuse_at(text_, node.name.place,
              "a column is written table.column, all rows of a table as {}.*",
              node.name.parts.front());
  if (take_keyword("WHERE")) node.children.push_back(condition());
  if (take_keyword("VIA")) {
    node.via = name("a link, as in results.driverId");
    if (node.via->star || node.via->parts.size() < 2)
      refuse_at(text_, node.via->place, "VIA takes a link, written table.column");
    if (at_keyword("WHERE")) refuse_at(text_, peek().place, "WHERE stands before VIA");
  }
  if (at_symbol(",")) node.window = window();
  if (!take_symbol(")")) {
    if (peek().kind == TokenKind::end) refuse_at(text_, begin, "this '(' is not closed");
    if (node.window) expected("')' after the window");
    expected("WHERE, VIA, ',' and the window, or ')'", {"WHERE", "VIA", "AND", "OR"});
  }
  node.place = join(node.sign, last());
  return node;
}

Window Parser::window() {
  Window out;
  take();
  const Span begin = peek().place;
  const std::optional<int64_t> first = bound(true);
  const bool second = at_symbol(",") && (peek(1).kind == TokenKind::number || at_symbol("-", 1) ||
                                         at_keyword("INF", 1) || at_keyword("INFINITY", 1));
  if (second) {
    take();
    out.start = first;
    out.end = *bound(false);
  } else if (!first) {
    expected("',' and the end of the window");
  } else if (*first > 0) {
    out.start = 0;
    out.end = *first;
  } else {
    out.start = *first;
    out.end = 0;
  }
  if (take_symbol(",")) out.unit = unit();
  out.place = join(begin, last());
  if (out.start && *out.start >= out.end) {
    refuse_at(text_, out.place, "the window ({}, {}] is empty: it must end after it starts",
              *out.start, out.end);
  }
  const int64_t most = kMostYears * 365 * 86'400 / least_seconds(out.unit);
  for (const int64_t one : {out.start.value_or(0), out.end}) {
    if (one > most || one < -most)
      refuse_at(text_, out.place, "a window reaches at most {} years, got {} {}", kMostYears, one,
                to_string(out.unit));
  }
  return out;
}

/// Nothing is -INF.
std::optional<int64_t> Parser::bound(bool first) {
  const bool negative = take_symbol("-");
  const Token& token = peek();
  if (token.is_keyword("INF") || token.is_keyword("INFINITY")) {
    if (!negative)
      refuse_at(text_, token.place, "a window cannot end in infinity; it can only start at -INF");
    if (!first)
      refuse_at(text_, token.place, "a window cannot end at -INF; it can only start there");
    take();
    return std::nullopt;
  }
  int64_t value = 0;
  const char* end = token.text.data() + token.text.size();
  if (token.kind != TokenKind::number) {
    expected(first ? "the start of the window: a whole number or -INF"
                   : "the end of the window: a whole number",
             {"INF"});
  }
  const auto read = std::from_chars(token.text.data(), end, value);
  if (read.ec == std::errc() && read.ptr != end) {
    refuse_at(text_, token.place,
              "a window is measured in whole numbers, got {}; choose a smaller unit",
              token.shown());
  }
  if (read.ec != std::errc())
    refuse_at(text_, token.place, "the number {} is out of range", token.shown());
  take();
  return negative ? -value : value;
}

Unit Parser::unit() {
  std::vector<std::string> names;
  const Token& token = peek();
  for (const Unit one : kUnits) {
    const std::string plural = capitals(to_string(one));
    names.emplace_back(to_string(one));
    if (token.is_keyword(plural) || token.is_keyword(plural.substr(0, plural.size() - 1))) {
      take();
      return one;
    }
  }
  if (token.kind != TokenKind::name) expected("a unit: " + join_names(names));
  refuse_at(text_, token.place, "no unit {}; {}", token.shown(), choices_hint(token.text, names));
}

}  // namespace cenote::query
