// SPDX-License-Identifier: Apache-2.0
// A question as it was written: the syntax tree. Nothing in it has been looked up in a schema yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/source_text.h"

namespace cenote::query {

/// "results.raceId.circuitId", "results.*": parts joined by dots.
struct Name {
  std::vector<std::string> parts;
  std::vector<Span> places;  // of each part
  bool star = false;
  Span place;
};

enum class Unit { seconds, minutes, hours, days, weeks, months, years };

/// (start, end] in one unit, relative to the seed time. A unit that was left out is days.
struct Window {
  std::optional<int64_t> start;  // nothing: -INF
  int64_t end = 0;
  Unit unit = Unit::days;
  Span place;
};

enum class Function { sum, avg, min, max, count, count_distinct, list_distinct, first, last };

struct Literal {
  enum class Kind { null, boolean, whole, real, text } kind = Kind::null;
  bool boolean = false;
  int64_t whole = 0;
  double real = 0;
  std::string text;
};

/// An expression: a value or a condition.
struct Node {
  enum class Kind {
    literal,
    column,
    aggregate,
    negative,    // -x
    arithmetic,  // + - * /
    compare,     // = != < <= > >=
    is_null,     // IS [NOT] NULL
    in_list,     // [NOT] IN (literals): children are the value, then the literals
    match,       // LIKE, CONTAINS, STARTS WITH, ENDS WITH: children are the value and the text
    not_,
    and_,
    or_
  };
  Kind kind = Kind::literal;
  Span place;
  Span sign;             // of the operator or the function's name
  std::string op;        // "+", "<=", "LIKE": of arithmetic, compare, match
  bool negated = false;  // IS NOT, NOT IN, NOT LIKE, ...
  Literal literal;
  Name name;  // of a column or of what an aggregate is over
  std::vector<Node> children;

  // Of an aggregate; its WHERE is the only child.
  Function function = Function::count;
  std::optional<Name> via;
  std::optional<Window> window;
};

/// PREDICT target [FORECAST n TIMEFRAMES | CLASSIFY | [RANK] TOP k] FOR EACH entity [WHERE] [ASSUMING].
struct Statement {
  Node target;
  std::optional<int64_t> frames;  // FORECAST
  bool classify = false, rank = false;
  std::optional<int64_t> top;
  Span answer;  // of the words after the target
  Name entity;
  std::optional<Node> chosen;  // FOR EACH drivers.driverId = 5: who is asked about
  std::optional<Node> where, assuming;
};

/// The most that a window, or all windows of a forecast, may reach: so no time leaves its range.
inline constexpr int64_t kMostYears = 100;
/// Seconds of a unit; of a month or a year at least so many.
int64_t least_seconds(Unit unit);

std::string_view to_string(Unit unit);          // "days"
std::string_view to_string(Function function);  // "COUNT"

/// Reads a question. Errors bad_input at the place, saying what could stand there.
///
/// Nesting is at most 100 deep, so that no text can exhaust the stack.
Statement parse_question(std::string_view text);

}  // namespace cenote::query
