// SPDX-License-Identifier: Apache-2.0
#include "random_question.h"

#include "random_draw.h"

namespace cenote {
namespace {

using naive::Node;
using naive::Path;
using naive::Value;

struct ColumnOf {
  Path path;
  char type;  // n number, t text, b boolean, d time
};

/// What can be read from a row of a table, by itself and along its references.
const std::map<std::string, std::vector<ColumnOf>> kColumns{
    {"regions", {{{"zone"}, 't'}, {{"opened"}, 'd'}}},
    {"users",
     {{{"age"}, 'n'},
      {{"vip"}, 'b'},
      {{"since"}, 'd'},
      {{"region", "zone"}, 't'},
      {{"region", "opened"}, 'd'}}},
    {"items", {{{"price"}, 'n'}, {{"colour"}, 't'}}},
    {"events",
     {{{"amount"}, 'n'},
      {{"n"}, 'n'},
      {{"status"}, 't'},
      {{"ok"}, 'b'},
      {{"at"}, 'd'},
      {{"item", "price"}, 'n'},
      {{"item", "colour"}, 't'},
      {{"user_id", "age"}, 'n'},
      {{"user_id", "region", "zone"}, 't'}}},
    {"replies",
     {{{"score"}, 'n'},
      {{"written"}, 'd'},
      {{"event", "amount"}, 'n'},
      {{"event", "ok"}, 'b'},
      {{"event", "item", "colour"}, 't'},
      {{"event", "user_id", "since"}, 'd'}}}};

const std::map<std::string, std::map<std::string, Path>> kWays{
    {"users", {{"events", {"user_id"}}, {"replies", {"event", "user_id"}}}},
    {"items", {{"events", {"item"}}, {"replies", {"event", "item"}}}},
    {"regions",
     {{"users", {"region"}},
      {"events", {"user_id", "region"}},
      {"replies", {"event", "user_id", "region"}}}},
    {"events", {{"replies", {"event"}}}}};

class Author {
 public:
  explicit Author(uint64_t seed) : draw_(seed) {}

  naive::Question question() {
    naive::Question out;
    out.entity =
        draw_.of(std::vector<std::string>{"users", "users", "users", "items", "regions", "events"});
    entity_ = out.entity;
    const int64_t kind = draw_.below(20);
    if (kind == 0 && (entity_ == "users" || entity_ == "regions")) {
      out.target = aggregate(true, 'l');
    } else if (kind <= 2) {
      frames_ = naive::Window{draw_.below(3), 0, unit()};
      frames_->end = *frames_->start + 1 + draw_.below(9);
      out.frames = 1 + draw_.below(4);
      out.target = number_of_aggregates(2);
      frames_.reset();
    } else if (kind <= 8) {
      out.target = number_of_aggregates(2);
    } else if (kind <= 10) {
      out.target = aggregate(true, draw_.one_in(2) ? 't' : 'b');
    } else {
      do {
        out.target = condition(true, 2);
      } while (!has_aggregate(out.target));
    }
    if (draw_.one_in(3)) out.where = condition(false, 2);
    if (draw_.one_in(4)) {
      do {
        out.assuming = condition(true, 1);
      } while (!has_aggregate(*out.assuming));
    }
    return out;
  }

 private:
  static bool has_aggregate(const Node& node) {
    if (node.kind == Node::aggregate) return true;
    for (const Node& child : node.children) {
      if (has_aggregate(child)) return true;
    }
    return false;
  }

  std::string unit() {
    return draw_.of(
        std::vector<std::string>{"hours", "days", "days", "days", "weeks", "months", "years"});
  }

  naive::Window window(bool forward) {
    if (forward && frames_) return *frames_;
    naive::Window out;
    out.unit = unit();
    const int64_t most = out.unit == "days"    ? 40
                         : out.unit == "hours" ? 100
                         : out.unit == "weeks" ? 6
                                               : 3;
    if (forward) {
      out.start = draw_.one_in(3) ? draw_.below(most) : 0;
      out.end = *out.start + 1 + draw_.below(most);
    } else {
      out.end = draw_.one_in(3) ? -draw_.below(most) : 0;
      if (!draw_.one_in(4)) out.start = out.end - 1 - draw_.below(most);
    }
    return out;
  }

  static Node literal(Value value) {
    Node out;
    out.value = std::move(value);
    return out;
  }

  template <class... Children>
  Node node(Node::Kind kind, std::string op, Children... children) {
    Node out;
    out.kind = kind;
    out.op = std::move(op);
    out.negated =
        (kind == Node::is_null || kind == Node::in || kind == Node::match) && draw_.one_in(2);
    (out.children.push_back(std::move(children)), ...);
    return out;
  }

  Node column(const std::string& table, const ColumnOf& of) {
    Node out;
    out.kind = Node::column;
    out.table = table;
    out.path = of.path;
    return out;
  }

  std::vector<ColumnOf> columns(const std::string& table, char type) {
    std::vector<ColumnOf> out;
    for (const ColumnOf& one : kColumns.at(table)) {
      if (one.type == type) out.push_back(one);
    }
    return out;
  }

  /// type: n, t, b, d, or l for a list of keys.
  Node aggregate(bool forward, char type) {
    Node out;
    out.kind = Node::aggregate;
    const auto& ways = kWays.at(entity_);
    std::vector<std::string> tables;
    for (const auto& [table, way] : ways) {
      if (type == 'l' ? table != "replies" : type == 'n' || !columns(table, type).empty())
        tables.push_back(table);
    }
    if (tables.empty()) return aggregate(forward, 'n');
    out.table = draw_.of(tables);
    out.up = ways.at(out.table);
    out.window = window(forward);
    if (type == 'l') {
      out.op = "LIST_DISTINCT";
      out.path = {out.table == "users" ? "region" : draw_.one_in(2) ? "item" : "user_id"};
    } else if (type == 'n') {
      out.op = draw_.of(std::vector<std::string>{"COUNT", "COUNT", "COUNT", "SUM", "AVG", "MIN",
                                                 "MAX", "FIRST", "LAST", "COUNT_DISTINCT"});
      const auto numbers = columns(out.table, 'n');
      if (out.op == "COUNT_DISTINCT") {
        out.path = draw_.of(kColumns.at(out.table)).path;
      } else if (out.op != "COUNT" || draw_.one_in(3)) {
        out.path = numbers.empty() ? Path{"id"} : draw_.of(numbers).path;
      }
    } else {
      out.op = draw_.of(type == 'b' ? std::vector<std::string>{"FIRST", "LAST"}
                                    : std::vector<std::string>{"FIRST", "LAST", "MIN", "MAX"});
      out.path = draw_.of(columns(out.table, type)).path;
    }
    if (draw_.one_in(3)) out.children.push_back(row_condition(out.table, 2));
    return out;
  }

  Node number_of_aggregates(int64_t depth) {
    if (depth == 0 || draw_.one_in(2)) return aggregate(true, 'n');
    if (draw_.one_in(6)) return node(Node::negative, "", number_of_aggregates(depth - 1));
    const std::string op = draw_.of(std::vector<std::string>{"+", "-", "*", "/"});
    Node other =
        draw_.one_in(2) ? number_of_aggregates(depth - 1) : literal(some_whole(draw_, 1 << 30));
    return node(Node::arithmetic, op, number_of_aggregates(depth - 1), std::move(other));
  }

  /// A comparison, list, pattern or test for NULL of a value.
  Node test(Node value, char type) {
    if (draw_.one_in(6)) return node(Node::is_null, "", std::move(value));
    const std::string op = draw_.of(std::vector<std::string>{"=", "!=", "<", "<=", ">", ">="});
    constexpr int64_t kNever = 1 << 30;
    if (type == 'b') {
      if (draw_.one_in(2)) return value;
      return node(Node::compare, draw_.one_in(2) ? "=" : "!=", std::move(value),
                  literal(draw_.one_in(2)));
    }
    if (type == 'd')
      return node(Node::compare, op, std::move(value), literal(some_time(draw_, kNever)));
    if (type == 't') {
      if (draw_.one_in(3))
        return node(Node::in, "", std::move(value), literal(some_word(draw_, kNever)),
                    literal(some_word(draw_, kNever)));
      if (draw_.one_in(2)) {
        const std::string match =
            draw_.of(std::vector<std::string>{"LIKE", "CONTAINS", "STARTS WITH", "ENDS WITH"});
        const std::string what =
            match == "LIKE"
                ? draw_.of(std::vector<std::string>{"a%", "%b", "_", "__", "%", "b_", "%a%"})
                : draw_.of(kWords);
        return node(Node::match, match, std::move(value), literal(what));
      }
      return node(Node::compare, op, std::move(value), literal(some_word(draw_, kNever)));
    }
    if (draw_.one_in(5))
      return node(Node::in, "", std::move(value), literal(some_whole(draw_, kNever)),
                  literal(some_number(draw_, kNever)));
    return node(Node::compare, op, std::move(value),
                literal(draw_.one_in(2) ? some_whole(draw_, kNever) : some_number(draw_, kNever)));
  }

  Node row_condition(const std::string& table, int64_t depth) {
    return combine(depth, [&](int64_t d) {
      if (d > 0) return row_condition(table, d);
      const ColumnOf& of = draw_.of(kColumns.at(table));
      return test(column(table, of), of.type);
    });
  }

  Node condition(bool forward, int64_t depth) {
    return combine(depth, [&](int64_t d) {
      if (d > 0) return condition(forward, d);
      if (draw_.one_in(5)) {
        const ColumnOf& of = draw_.of(kColumns.at(entity_));
        return test(column(entity_, of), of.type);
      }
      const char type = draw_.of(std::vector<char>{'n', 'n', 'n', 't', 'b', 'd'});
      const Node value = aggregate(forward, type);
      return test(value, type_of(value));
    });
  }

  /// The type of an aggregate's value.
  char type_of(const Node& value) const {
    if (value.op == "COUNT" || value.op == "COUNT_DISTINCT") return 'n';
    for (const ColumnOf& one : kColumns.at(value.table)) {
      if (one.path == value.path) return one.type;
    }
    return 'n';
  }

  template <class Leaf>
  Node combine(int64_t depth, const Leaf& leaf) {
    if (depth == 0 || draw_.one_in(2)) return leaf(0);
    if (draw_.one_in(4)) return node(Node::no, "", leaf(depth - 1));
    return node(draw_.one_in(2) ? Node::all : Node::any, "", leaf(depth - 1), leaf(depth - 1));
  }

  Draw draw_;
  std::string entity_;
  std::optional<naive::Window> frames_;
};

}  // namespace

naive::Question random_question(uint64_t seed) { return Author(seed).question(); }

}  // namespace cenote
