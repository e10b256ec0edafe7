// SPDX-License-Identifier: Apache-2.0
#include "naive.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cenote::naive {
namespace {

int compare(const Value& a, const Value& b) { return a < b ? -1 : b < a ? 1 : 0; }

bool like(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    for (size_t skip = 0; skip <= text.size(); ++skip) {
      if (like(text.substr(skip), pattern.substr(1))) return true;
    }
    return false;
  }
  return !text.empty() && (pattern[0] == '_' || pattern[0] == text[0]) &&
         like(text.substr(1), pattern.substr(1));
}

class Evaluator {
 public:
  explicit Evaluator(const Database& database) : database_(database) {
    for (const auto& [name, table] : database) {
      for (const Row& row : table.rows) by_key_[name].emplace(row.at(table.key), &row);
    }
  }

  bool known(const std::string& table, const Row& row, int64_t by) const {
    const std::string& time = database_.at(table).time;
    if (time.empty()) return true;
    return !naive::is_null(row.at(time)) && std::get<Time>(row.at(time)).micros <= by;
  }

  /// The row that a column refers to, if it is there and known.
  const Row* follow(std::string& table, const Row& row, const std::string& column,
                    int64_t by) const {
    const Value& key = row.at(column);
    table = database_.at(table).refers.at(column);
    if (naive::is_null(key)) return nullptr;
    const auto found = by_key_.at(table).find(key);
    if (found == by_key_.at(table).end() || !known(table, *found->second, by)) return nullptr;
    return found->second;
  }

  Value read(std::string table, const Row* row, const Path& path, int64_t by) const {
    for (size_t i = 0; i + 1 < path.size(); ++i) {
      row = follow(table, *row, path[i], by);
      if (row == nullptr) return Null();
    }
    return row->at(path.back());
  }

  /// `row` of `table`; `t` and `frame` for aggregates, `by` for the rows that it refers to.
  Value eval(const Node& node, const std::string& table, const Row& row, int64_t t, int64_t frame,
             int64_t by) const {
    const auto child = [&](size_t i) { return eval(node.children[i], table, row, t, frame, by); };
    switch (node.kind) {
      case Node::literal: return node.value;
      case Node::column: return read(table, &row, node.path, by);
      case Node::aggregate: return aggregate(node, table, row, t, frame);
      case Node::negative: {
        const Value x = child(0);
        return naive::is_null(x) ? x : Value(-std::get<double>(x));
      }
      case Node::arithmetic: {
        const Value a = child(0), b = child(1);
        if (naive::is_null(a) || naive::is_null(b)) return Null();
        const double x = std::get<double>(a), y = std::get<double>(b);
        if (node.op == "+") return x + y;
        if (node.op == "-") return x - y;
        if (node.op == "*") return x * y;
        return y == 0 ? Value(Null()) : Value(x / y);
      }
      case Node::compare: {
        const Value a = child(0), b = child(1);
        if (naive::is_null(a) || naive::is_null(b)) return Null();
        const int order = naive::compare(a, b);
        if (node.op == "=") return order == 0;
        if (node.op == "!=") return order != 0;
        if (node.op == "<") return order < 0;
        if (node.op == "<=") return order <= 0;
        return node.op == ">" ? order > 0 : order >= 0;
      }
      case Node::is_null: return naive::is_null(child(0)) != node.negated;
      case Node::in: {
        const Value x = child(0);
        if (naive::is_null(x)) return Null();
        bool found = false;
        for (size_t i = 1; i < node.children.size(); ++i) found |= x == node.children[i].value;
        return found != node.negated;
      }
      case Node::match: {
        const Value x = child(0);
        if (naive::is_null(x)) return Null();
        const auto &text = std::get<std::string>(x),
                   &what = std::get<std::string>(node.children[1].value);
        const bool found = node.op == "LIKE"          ? like(text, what)
                           : node.op == "CONTAINS"    ? text.find(what) != std::string::npos
                           : node.op == "STARTS WITH" ? text.starts_with(what)
                                                      : text.ends_with(what);
        return found != node.negated;
      }
      case Node::no: {
        const Value x = child(0);
        return naive::is_null(x) ? x : Value(!std::get<bool>(x));
      }
      case Node::all:
      case Node::any: break;
    }
    const bool decides = node.kind == Node::any;
    Value out = !decides;
    for (size_t i = 0; i < node.children.size(); ++i) {
      const Value x = child(i);
      if (x == Value(decides)) return x;
      if (naive::is_null(x)) out = x;
    }
    return out;
  }

 private:
  Value aggregate(const Node& node, const std::string& entity, const Row& of, int64_t t,
                  int64_t frame) const {
    const Table& table = database_.at(node.table);
    const int64_t moved = node.window.start ? frame * (node.window.end - *node.window.start) : 0;
    const int64_t end = node.window.after(t, node.window.end + moved);
    const int64_t by = std::max(t, end);
    std::vector<std::tuple<Value, Value, Value>> values;  // time, key, value
    int64_t rows = 0;
    for (const Row& row : table.rows) {
      const Value& time = row.at(table.time);
      if (naive::is_null(time) || std::get<Time>(time).micros > end) continue;
      if (node.window.start &&
          std::get<Time>(time).micros <= node.window.after(t, *node.window.start + moved))
        continue;
      std::string at = node.table;
      const Row* step = &row;
      for (size_t i = 0; i < node.up.size() && step != nullptr; ++i) {
        // The entity itself need not be known by the end of the window: it is by t.
        if (i + 1 < node.up.size()) {
          step = follow(at, *step, node.up[i], by);
        } else if (step->at(node.up[i]) != of.at(database_.at(entity).key)) {
          step = nullptr;
        }
      }
      if (step == nullptr) continue;
      if (!node.children.empty() &&
          eval(node.children[0], node.table, row, t, 0, by) != Value(true))
        continue;
      ++rows;
      if (node.path.empty()) continue;
      const Value value = read(node.table, &row, node.path, by);
      if (!naive::is_null(value)) values.emplace_back(time, row.at(table.key), value);
    }
    return reduce(node.op, node.path.empty() ? rows : std::ssize(values), values);
  }

  static Value reduce(const std::string& function, int64_t count,
                      std::vector<std::tuple<Value, Value, Value>>& values) {
    if (function == "COUNT") return static_cast<double>(count);
    std::set<Value> distinct;
    double sum = 0;
    for (const auto& [time, key, value] : values) {
      distinct.insert(value);
      if (std::holds_alternative<double>(value)) sum += std::get<double>(value);
    }
    if (function == "COUNT_DISTINCT") return static_cast<double>(distinct.size());
    if (function == "SUM") return sum;
    if (values.empty()) return Null();
    if (function == "AVG") return sum / static_cast<double>(values.size());
    if (function == "MIN") return *distinct.begin();
    if (function == "MAX") return *distinct.rbegin();
    if (function == "LIST_DISTINCT") {
      std::string list;
      for (const Value& value : distinct) list += (list.empty() ? "" : ", ") + show(value);
      return "[" + list + "]";
    }
    std::sort(values.begin(), values.end());
    return std::get<2>(function == "FIRST" ? values.front() : values.back());
  }

  const Database& database_;
  std::map<std::string, std::map<Value, const Row*>> by_key_;
};

std::string quoted(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  if (std::holds_alternative<Time>(value)) return "'" + show(value) + "'";
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "TRUE" : "FALSE";
  return show(value);
}

std::string dotted(const std::string& table, const Path& path) {
  std::string out = table;
  for (const std::string& part : path) out += "." + part;
  return out;
}

std::string write(const Node& node) {
  const auto child = [&](size_t i) { return write(node.children[i]); };
  const std::string no = node.negated ? "NOT " : "";
  switch (node.kind) {
    case Node::literal: return quoted(node.value);
    case Node::column: return dotted(node.table, node.path);
    case Node::negative: return "-(" + child(0) + ")";
    case Node::arithmetic:
    case Node::compare: return "(" + child(0) + " " + node.op + " " + child(1) + ")";
    case Node::is_null: return "(" + child(0) + " IS " + no + "NULL)";
    case Node::match: return "(" + child(0) + " " + no + node.op + " " + child(1) + ")";
    case Node::no: return "(NOT " + child(0) + ")";
    case Node::in: {
      std::string list;
      for (size_t i = 1; i < node.children.size(); ++i) list += (i == 1 ? "" : ", ") + child(i);
      return "(" + child(0) + " " + no + "IN (" + list + "))";
    }
    case Node::aggregate: {
      std::string out =
          node.op + "(" + (node.path.empty() ? node.table + ".*" : dotted(node.table, node.path));
      if (!node.children.empty()) out += " WHERE " + child(0);
      const std::string start = node.window.start ? std::to_string(*node.window.start) : "-INF";
      return out + fmt::format(", {}, {}, {})", start, node.window.end, node.window.unit);
    }
    case Node::all:
    case Node::any: break;
  }
  std::string out = "(";
  for (size_t i = 0; i < node.children.size(); ++i)
    out += (i == 0 ? "" : node.kind == Node::all ? " AND " : " OR ") + child(i);
  return out + ")";
}

}  // namespace

std::string show(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "1" : "0";
  if (const auto* time = std::get_if<Time>(&value)) return format_time(time->micros);
  return "";
}

std::string write(const Question& question) {
  std::string out = "PREDICT " + write(question.target);
  if (question.frames > 0) out += fmt::format(" FORECAST {} TIMEFRAMES", question.frames);
  out += " FOR EACH " + question.entity;
  if (question.where) out += " WHERE " + write(*question.where);
  if (question.assuming) out += " ASSUMING " + write(*question.assuming);
  return out;
}

std::vector<Label> answer(const Question& question, const Database& database,
                          const std::vector<int64_t>& times) {
  const Evaluator evaluator(database);
  const Table& entity = database.at(question.entity);
  std::vector<Label> out;
  for (const int64_t t : times) {
    for (const Row& row : entity.rows) {
      if (!evaluator.known(question.entity, row, t)) continue;
      const auto holds = [&](const std::optional<Node>& node) {
        return !node || evaluator.eval(*node, question.entity, row, t, 0, t) == Value(true);
      };
      if (!holds(question.where) || !holds(question.assuming)) continue;
      for (int64_t frame = 0; frame < std::max<int64_t>(1, question.frames); ++frame) {
        const Value label = evaluator.eval(question.target, question.entity, row, t, frame, t);
        if (is_null(label)) continue;
        out.emplace_back(t, show(row.at(entity.key)), question.frames > 0 ? frame + 1 : 0,
                         show(label));
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace cenote::naive
