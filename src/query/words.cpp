// SPDX-License-Identifier: Apache-2.0
#include "query/words.h"

#include <algorithm>

#include "base/check.h"
#include "base/time.h"
#include "query/names.h"

namespace cenote::query {
namespace {

std::string units(int64_t n, Unit unit) {
  std::string name(to_string(unit));
  if (n == 1) name.pop_back();
  return fmt::format("{} {}", n, name);
}

std::string window_words(const Window& window, bool forward) {
  const auto end = window.end;
  if (forward) {
    return *window.start == 0
               ? fmt::format("in the {} after t", units(end, window.unit))
               : fmt::format("between {} and {} after t", *window.start, units(end, window.unit));
  }
  if (!window.start) {
    return end == 0 ? "at any time up to t"
                    : fmt::format("at any time up to {} before t", units(-end, window.unit));
  }
  return end == 0
             ? fmt::format("in the {} up to t", units(-*window.start, window.unit))
             : fmt::format("between {} and {} before t", -*window.start, units(-end, window.unit));
}

std::string_view function_words(Function function) {
  switch (function) {
    case Function::sum: return "the sum of";
    case Function::avg: return "the average of";
    case Function::min: return "the smallest";
    case Function::max: return "the largest";
    case Function::count: return "the number of values of";
    case Function::count_distinct: return "the number of different values of";
    case Function::list_distinct: return "the different values of";
    case Function::first: return "the first";
    case Function::last: return "the last";
  }
  return "";
}

std::string_view compare_words(const std::string& op) {
  if (op == "=") return "is";
  if (op == "!=") return "is not";
  if (op == "<") return "is less than";
  if (op == "<=") return "is at most";
  if (op == ">") return "is more than";
  return "is at least";
}

class Speaker {
 public:
  Speaker(const BoundQuestion& question, const Schema& schema)
      : question_(question), schema_(schema), names_("", schema) {}

  std::string column(const BoundColumn& at, int64_t base) const {
    return names_.written(base, at.up) + "." +
           write_name(names_.table(at.table).columns[static_cast<size_t>(at.column)].name);
  }

  std::string say(const BoundNode& node, int64_t base, bool inner = false) const {
    using Kind = Node::Kind;
    const auto child = [&](size_t i) { return say(node.children[i], base, true); };
    switch (node.kind) {
      case Kind::literal: return literal(node);
      case Kind::column: return column(node.column, base);
      case Kind::aggregate:
        return aggregate(question_.aggregates[static_cast<size_t>(node.aggregate)]);
      case Kind::negative: return "-" + child(0);
      case Kind::arithmetic: {
        const std::string out = fmt::format("{} {} {}", child(0), node.op, child(1));
        return inner ? "(" + out + ")" : out;
      }
      case Kind::compare:
        return fmt::format("{} {} {}", child(0), compare_words(node.op), child(1));
      case Kind::is_null:
        return fmt::format("{} has {} value", child(0), node.negated ? "a" : "no");
      case Kind::match: return fmt::format("{} {} {}", child(0), match_words(node), child(1));
      case Kind::not_: return fmt::format("not ({})", condition(node.children[0], base, false));
      case Kind::in_list: {
        std::string list;
        const size_t shown = std::min<size_t>(node.children.size(), 9);
        for (size_t i = 1; i < shown; ++i) list += (i == 1 ? "" : ", ") + child(i);
        if (shown < node.children.size())
          list += fmt::format(", ... ({} in all)", node.children.size() - 1);
        return fmt::format("{} is {} of {}", child(0), node.negated ? "none" : "one", list);
      }
      case Kind::and_:
      case Kind::or_: break;
    }
    std::string out;
    for (size_t i = 0; i < node.children.size(); ++i)
      out += (i == 0                    ? ""
              : node.kind == Kind::and_ ? " and "
                                        : " or ") +
             condition(node.children[i], base, true);
    return inner ? "(" + out + ")" : out;
  }

  /// A boolean value said as a condition.
  std::string condition(const BoundNode& node, int64_t base, bool inner) const {
    const bool value = node.kind == Node::Kind::column || node.kind == Node::Kind::aggregate;
    return say(node, base, inner) + (value ? " is true" : "");
  }

 private:
  static std::string_view match_words(const BoundNode& node) {
    if (node.op == "LIKE") return node.negated ? "is not like" : "is like";
    if (node.op == "CONTAINS") return node.negated ? "does not contain" : "contains";
    if (node.op == "STARTS WITH") return node.negated ? "does not start with" : "starts with";
    return node.negated ? "does not end with" : "ends with";
  }

  static std::string literal(const BoundNode& node) {
    if (!node.type) return "nothing";
    switch (*node.type) {
      case StorageType::boolean: return node.literal.boolean ? "true" : "false";
      case StorageType::int64: return std::to_string(node.literal.whole);
      case StorageType::float64: return fmt::format("{}", node.literal.real);
      case StorageType::time: return format_time(node.literal.whole);
      case StorageType::utf8: break;
    }
    return fmt::format("'{}'", node.literal.text);
  }

  std::string aggregate(const BoundAggregate& one) const {
    const std::string rows = write_table(names_.table(one.table).name);
    std::string out = one.column ? fmt::format("{} {}", function_words(one.function),
                                               column(*one.column, one.table))
                                 : fmt::format("the number of rows of {}", rows);
    if (one.where) out += fmt::format(" with {}", condition(*one.where, one.table, true));
    return out + " " + window_words(one.window, one.forward);
  }

  const BoundQuestion& question_;
  const Schema& schema_;
  Names names_;
};

std::string target_words(const BoundQuestion& question, const Speaker& speaker) {
  const int64_t base = question.entity_table;
  const std::string said = speaker.say(question.target, base);
  switch (question.kind) {
    case QuestionKind::binary: return "whether " + speaker.condition(question.target, base, false);
    case QuestionKind::multiclass: return said + ", as a class";
    case QuestionKind::ranking:
      return fmt::format("{}: the {} most likely, best first", said, *question.top);
    case QuestionKind::forecast:
      return fmt::format("{}; the same window {} times, one after the other", said,
                         *question.frames);
    case QuestionKind::missing:
      return fmt::format("{} of rows that have none, from rows that have one{}", said,
                         question.multiclass_target ? ", as a class" : "");
    case QuestionKind::regression: break;
  }
  return said;
}

/// "COUNT of no rows is 0, AVG has no value".
std::string facts_of(const BoundQuestion& question) {
  std::vector<std::string> zero, none;
  for (int64_t i = 0; i < question.target_aggregates; ++i) {
    const Function function = question.aggregates[static_cast<size_t>(i)].function;
    const bool counts = function == Function::sum || function == Function::count ||
                        function == Function::count_distinct;
    auto& names = counts ? zero : none;
    const std::string name(to_string(function));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::string out;
  if (!zero.empty())
    out = fmt::format("{} of no rows {} 0", join_names(zero), zero.size() == 1 ? "is" : "are");
  if (!none.empty()) {
    out += fmt::format("{}{}{} {} no value", zero.empty() ? "" : ", ", join_names(none),
                       zero.empty() ? " of no rows" : "", none.size() == 1 ? "has" : "have");
  }
  return out;
}

}  // namespace

EmptyRule empty_rule(const BoundQuestion& question) {
  if (question.kind == QuestionKind::missing)
    return {EmptyRule::Kind::dropped, "rows without a value are not learned from"};
  const Outcome outcome = outcome_without_rows(question, question.target, -1);
  const std::string facts = facts_of(question);
  if (outcome.only_null()) {
    const bool counts_only = facts.ends_with(" 0");
    return {
        EmptyRule::Kind::dropped,
        fmt::format("no label: {}{}", facts, counts_only ? ", and the target has no value" : "")};
  }
  const bool truth = outcome.can_true != outcome.can_false;
  if (!outcome.can_null && (outcome.number || truth)) {
    const std::string value = outcome.number     ? fmt::format("{}", *outcome.number)
                              : outcome.can_true ? "true"
                                                 : "false";
    return {EmptyRule::Kind::counted, fmt::format("the label is {}: {}", value, facts)};
  }
  return {EmptyRule::Kind::varies, "the label follows from the other parts of the target"};
}

std::vector<std::pair<std::string, std::string>> question_words(const BoundQuestion& question,
                                                                const Schema& schema,
                                                                const EmptyRule& empty) {
  const Speaker speaker(question, schema);
  const Names names("", schema);
  const Table& entity = names.table(question.entity_table);
  std::vector<std::pair<std::string, std::string>> out;
  out.emplace_back("predict", target_words(question, speaker));
  const std::string key = write_table(entity.name) + "." + write_name(entity.primary_key.front());
  if (question.kind == QuestionKind::missing) {
    out.emplace_back(
        "for each",
        entity.time_column.empty()
            ? fmt::format(
                  "{}, with all that is known: the table has no time column, so its rows are "
                  "split by their keys",
                  key)
            : fmt::format("{}, at its own {}", key, write_name(entity.time_column)));
  } else {
    out.emplace_back(
        "for each",
        entity.time_column.empty()
            ? fmt::format(
                  "{}, at every time t: the table has no time column, so all its rows count", key)
            : fmt::format("{} that is there at time t: {} up to t", key,
                          write_name(entity.time_column)));
  }
  if (question.chosen) {
    out.emplace_back("asked about",
                     speaker.condition(*question.chosen, question.entity_table, false) +
                         "; it is learned from all of them");
  }
  if (question.where)
    out.emplace_back("only where",
                     speaker.condition(*question.where, question.entity_table, false));
  if (question.assuming)
    out.emplace_back("assuming",
                     speaker.condition(*question.assuming, question.entity_table, false));
  std::vector<std::string> ways;
  for (const BoundAggregate& one : question.aggregates) {
    const std::string way = fmt::format("{} to {} by {}", names.table(one.table).name, entity.name,
                                        names.written(one.table, one.path));
    if (std::find(ways.begin(), ways.end(), way) == ways.end()) ways.push_back(way);
  }
  if (!ways.empty()) {
    std::string list;
    for (const auto& way : ways) list += (list.empty() ? "" : "; ") + way;
    out.emplace_back("linked", list);
  }
  out.emplace_back(question.kind == QuestionKind::missing ? "no value" : "no rows", empty.text);
  return out;
}

}  // namespace cenote::query
