// SPDX-License-Identifier: Apache-2.0
// Questions answered the slow way: every entity, every time, every row, one after the other, without SQL and
// without the parser. What docs/predict.md says is written here a second time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"

namespace cenote::naive {

using Null = std::monostate;
struct Time {
  int64_t micros = 0;
  auto operator<=>(const Time&) const = default;
};
using Value = std::variant<Null, double, std::string, bool, Time>;
inline bool is_null(const Value& value) { return std::holds_alternative<Null>(value); }

using Row = std::map<std::string, Value>;

struct Table {
  std::string key, time;                      // time: empty if static
  std::map<std::string, std::string> refers;  // column -> table
  std::vector<Row> rows;
};
using Database = std::map<std::string, Table>;

/// A window in one unit; months and years are counted in months.
struct Window {
  std::optional<int64_t> start;
  int64_t end = 0;
  std::string unit;

  int64_t after(int64_t t, int64_t amount) const {
    if (unit == "months") return add_months(t, amount);
    if (unit == "years") return add_months(t, 12 * amount);
    const int64_t seconds = unit == "hours" ? 3600 : unit == "days" ? 86'400 : 604'800;
    return t + amount * seconds * kMicrosPerSecond;
  }
};

/// A column seen from a row: the columns to follow, then the one to read.
using Path = std::vector<std::string>;

struct Node {
  enum Kind {
    literal,
    column,
    aggregate,
    negative,
    arithmetic,
    compare,
    is_null,
    in,
    match,
    no,
    all,
    any
  };
  Kind kind = literal;
  Value value;            // of a literal
  std::string op, table;  // table: of a column's base or an aggregate's rows
  Path path;              // of a column, or what an aggregate is over (empty: rows)
  bool negated = false;
  Path up;  // of an aggregate: the columns that lead to the entity
  Window window;
  std::vector<Node> children;  // of an aggregate: its WHERE, or nothing
};

struct Question {
  Node target;
  std::optional<Node> where, assuming;
  std::string entity;
  int64_t frames = 0;  // 0: no forecast
};

/// (time, key, frame, label as a text)
using Label = std::tuple<int64_t, std::string, int64_t, std::string>;

std::vector<Label> answer(const Question& question, const Database& database,
                          const std::vector<int64_t>& times);

/// The question as a person would write it.
std::string write(const Question& question);
std::string show(const Value& value);

}  // namespace cenote::naive
