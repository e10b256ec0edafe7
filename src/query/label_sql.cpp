// SPDX-License-Identifier: Apache-2.0
// Each aggregation becomes a common table expression that gives its value for every time and entity with rows
// in the window; the last SELECT joins them to the entities that exist at the time.
//
// Where a label can only come from rows that are there (MIN(...) <= 3, or COUNT(...) > 0 to be assumed), it
// starts from that expression; else from all pairs of entity and time.
#include "query/label_sql.h"

#include <algorithm>

#include "database/snapshot.h"
#include "query/lexer.h"
#include "query/sql_scope.h"

namespace cenote::query {
namespace {

std::string indented(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    out += "  " + text.substr(at, end - at);
    at = end;
  }
  return out;
}

bool may_be_null(const BoundQuestion& question, const BoundNode& node) {
  using Kind = Node::Kind;
  if (node.kind == Kind::literal) return !node.type;
  if (node.kind == Kind::column) return true;
  if (node.kind == Kind::is_null) return false;
  if (node.kind == Kind::arithmetic && node.op == "/") return true;
  if (node.kind == Kind::aggregate) {
    return outcome_without_rows(question, node, node.aggregate).can_null;
  }
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const BoundNode& child) { return may_be_null(question, child); });
}

class Writer {
 public:
  Writer(const BoundQuestion& question, const Schema& schema)
      : question_(question), schema_(schema) {
    // A table of the database must not be hidden by one of ours.
    const auto taken = [&](const Table& table) {
      const std::string name = capitals(table.name), prefix = capitals(prefix_);
      return name.starts_with(prefix) &&
             name.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
    };
    while (std::any_of(schema.tables.begin(), schema.tables.end(), taken)) prefix_ += "_";
  }

  std::string labels(const LabelColumns& names) {
    std::string out = expressions();
    int64_t base = -1;
    for (int64_t i = 0; i < std::ssize(question_.aggregates) && base < 0; ++i) {
      if (is_needed(i)) base = i;
    }
    const Parts parts = join_parts(base);
    std::string frame;
    if (question_.frames)
      frame = fmt::format(", {} AS {}", parts.frame, quote_identifier(names.frame));
    const bool truth = question_.target.type == StorageType::boolean;
    out +=
        fmt::format("SELECT {} AS {}, {} AS {}{}, {} AS {}\n{}", parts.time,
                    quote_identifier(names.time), parts.key, quote_identifier(names.entity), frame,
                    truth ? fmt::format("CAST({} AS INTEGER)", parts.target) : parts.target,
                    quote_identifier(names.target), parts.from);
    std::vector<std::string> conditions;
    for (const auto* one : {&parts.where, &parts.assuming}) {
      if (!one->empty()) conditions.push_back(*one);
    }
    if (may_be_null(question_, question_.target))
      conditions.push_back(parts.target + " IS NOT NULL");
    for (size_t i = 0; i < conditions.size(); ++i)
      out += (i == 0 ? "WHERE " : "\n  AND ") + conditions[i];
    while (out.ends_with('\n')) out.pop_back();
    return out;
  }

  std::string counts() {
    std::string out = expressions();
    const Parts parts = join_parts(-1);
    const std::string chosen = parts.where.empty() ? "TRUE" : parts.where;
    const std::string assumed = parts.assuming.empty() ? chosen : chosen + " AND " + parts.assuming;
    std::string empty;
    for (int64_t i = 0; i < question_.target_aggregates; ++i)
      empty += fmt::format(" AND {}.entity IS NULL", name_of(i));
    out += fmt::format(
        "SELECT count(*) AS known,\n  count(*) FILTER (WHERE {}) AS chosen,\n  count(*) FILTER "
        "(WHERE {}) AS assumed,\n"
        "  count(*) FILTER (WHERE {} AND {} IS NOT NULL) AS labels,\n  count(*) FILTER (WHERE "
        "{}{}) AS empty\n{}",
        chosen, assumed, assumed, parts.target, assumed, empty, parts.from);
    while (out.ends_with('\n')) out.pop_back();
    return out;
  }

 private:
  struct Parts {
    std::string time, key, frame, target, where, assuming, from;
  };

  std::string name_of(int64_t aggregate) const {
    return fmt::format("{}{}", prefix_, aggregate + 1);
  }
  const Table& table(int64_t at) const { return schema_.tables[static_cast<size_t>(at)]; }
  const Link& link(int64_t at) const { return schema_.links[static_cast<size_t>(at)]; }
  bool has_frame(int64_t aggregate) const {
    return question_.frames && aggregate < question_.target_aggregates;
  }

  /// True if there is no label where this aggregation has no rows.
  bool is_needed(int64_t aggregate) const {
    if (outcome_without_rows(question_, question_.target, aggregate).only_null()) return true;
    // With frames, what is not of the target has no frames to start from.
    if (question_.frames) return false;
    for (const auto* one : {&question_.where, &question_.assuming}) {
      if (*one && outcome_without_rows(question_, **one, aggregate).never_true()) return true;
    }
    return false;
  }

  /// "seed.timestamp + INTERVAL '30 days'"; with frames the window moves on by its length.
  std::string moved(int64_t amount, const BoundAggregate& one, bool frames) const {
    const auto unit = to_string(one.window.unit);
    if (frames) {
      const int64_t length = one.window.end - one.window.start.value_or(0);
      return fmt::format("seed.timestamp + to_{}(CAST({} + (step.frame - 1) * {} AS INTEGER))",
                         unit, amount, length);
    }
    if (amount == 0) return "seed.timestamp";
    return fmt::format("seed.timestamp + INTERVAL '{} {}'", amount, unit);
  }

  std::string frames() const {
    return fmt::format("CROSS JOIN range(1, {}) AS step(frame)\n", *question_.frames + 1);
  }

  std::string value(const BoundAggregate& one, SqlScope& rows) const {
    const std::string x = one.column ? rows.column(*one.column) : "*";
    switch (one.function) {
      case Function::count: return fmt::format("count({})", x);
      case Function::count_distinct: return fmt::format("count(DISTINCT {})", x);
      case Function::sum: return fmt::format("coalesce(CAST(sum({}) AS DOUBLE), 0)", x);
      case Function::avg: return fmt::format("avg({})", x);
      case Function::min: return fmt::format("min({})", x);
      case Function::max: return fmt::format("max({})", x);
      case Function::list_distinct:
        return fmt::format("list_sort(list(DISTINCT {0}) FILTER (WHERE {0} IS NOT NULL))", x);
      case Function::first:
      case Function::last: break;
    }
    // Rows of one moment are ordered by their key, or else by the value itself.
    const Table& of = table(one.table);
    const std::string down = one.function == Function::last ? " DESC" : "";
    std::string order = field("fact", of.time_column) + down;
    for (const std::string& key : of.primary_key) order += ", " + field("fact", key) + down;
    if (of.primary_key.empty()) order += ", " + x + down;
    return fmt::format("first({} ORDER BY {}) FILTER (WHERE {} IS NOT NULL)", x, order, x);
  }

  std::string expression(int64_t at) const {
    const BoundAggregate& one = question_.aggregates[static_cast<size_t>(at)];
    const bool framed = has_frame(at);
    const Table& of = table(one.table);
    const std::string end = moved(one.window.end, one, framed);
    const std::string known_by = one.forward ? end : "seed.timestamp";
    SqlScope rows(question_, schema_, "fact", one.table, known_by);
    const std::string where = one.where ? rows.write(*one.where, {}) : "";
    const std::string result = value(one, rows);

    std::string from = "FROM timestamps AS seed\n";
    if (framed) from += frames();
    const std::string time = field("fact", of.time_column);
    from += fmt::format("JOIN {} AS fact ON ", quote_identifier(of.name));
    if (one.window.start)
      from += fmt::format("{} > {} AND ", time, moved(*one.window.start, one, framed));
    from += fmt::format("{} <= {}\n", time, end);
    // Up to the table before the entity's; its reference is the entity's key, or finds it.
    std::string alias = "fact", key;
    for (size_t hop = 0; hop < one.path.size(); ++hop) {
      const Link& step = link(one.path[hop]);
      const Table& parent = schema_.table(step.to_table);
      const std::string& entity_key = table(question_.entity_table).primary_key.front();
      const bool last = hop + 1 == one.path.size();
      if (last && step.to_columns == std::vector<std::string>{entity_key}) {
        key = field(alias, step.from_columns.front());
        break;
      }
      const std::string next = fmt::format("way{}", hop + 1);
      from += fmt::format("JOIN {} AS {} ON {}", quote_identifier(parent.name), next,
                          link_condition(step, alias, next));
      if (!last && !parent.time_column.empty())
        from += fmt::format(" AND {} <= {}", field(next, parent.time_column), known_by);
      from += "\n";
      alias = next;
      if (last) key = field(alias, entity_key);
    }
    std::string out = fmt::format("SELECT seed.timestamp AS t, {}{} AS entity, {} AS value\n",
                                  framed ? "step.frame AS frame, " : "", key, result);
    out += from + rows.joins();
    out += fmt::format("WHERE {} IS NOT NULL", key);
    if (!where.empty()) out += " AND " + where;
    return fmt::format("{} AS (\n{}\n)", name_of(at), indented(out + "\nGROUP BY ALL"));
  }

  std::string expressions() const {
    std::string out;
    for (int64_t i = 0; i < std::ssize(question_.aggregates); ++i)
      out += (i == 0 ? "WITH " : ", ") + expression(i);
    return out + "\n";
  }

  /// What the last SELECT is made of. `base` < 0: all pairs of entity and time.
  Parts join_parts(int64_t base) const {
    Parts out;
    const Table& entity = table(question_.entity_table);
    out.time = base < 0 ? "seed.timestamp" : name_of(base) + ".t";
    out.key = field("entity", entity.primary_key.front());
    out.frame = base < 0 ? "step.frame" : name_of(base) + ".frame";
    const std::string known =
        entity.time_column.empty()
            ? ""
            : fmt::format("{} <= {}", field("entity", entity.time_column), out.time);
    const std::string name = quote_identifier(entity.name);
    if (base < 0) {
      out.from = "FROM timestamps AS seed\n";
      if (question_.frames) out.from += frames();
      out.from += known.empty() ? fmt::format("CROSS JOIN {} AS entity\n", name)
                                : fmt::format("JOIN {} AS entity ON {}\n", name, known);
    } else {
      out.from = fmt::format("FROM {}\nJOIN {} AS entity ON {} = {}.entity{}\n", name_of(base),
                             name, out.key, name_of(base), known.empty() ? "" : " AND " + known);
    }
    std::vector<std::string> values;
    for (int64_t i = 0; i < std::ssize(question_.aggregates); ++i) {
      const std::string at = name_of(i);
      const auto function = question_.aggregates[static_cast<size_t>(i)].function;
      const bool zero = function == Function::count || function == Function::count_distinct ||
                        function == Function::sum;
      values.push_back(zero && i != base ? fmt::format("coalesce({}.value, 0)", at)
                                         : at + ".value");
      if (i == base) continue;
      out.from += fmt::format("{} {} ON {}.t = {} AND {}.entity = {}{}\n",
                              is_needed(i) && base >= 0 ? "JOIN" : "LEFT JOIN", at, at, out.time,
                              at, out.key,
                              has_frame(i) ? fmt::format(" AND {}.frame = {}", at, out.frame) : "");
    }
    SqlScope scope(question_, schema_, "entity", question_.entity_table, out.time);
    out.target = scope.write(question_.target, values);
    if (question_.where) out.where = scope.write(*question_.where, values);
    if (question_.assuming) out.assuming = scope.write(*question_.assuming, values);
    out.from += scope.joins();
    return out;
  }

  const BoundQuestion& question_;
  const Schema& schema_;
  std::string prefix_ = "a";
};

}  // namespace

std::string label_sql(const BoundQuestion& question, const Schema& schema,
                      const LabelColumns& columns) {
  return Writer(question, schema).labels(columns);
}

std::string count_sql(const BoundQuestion& question, const Schema& schema) {
  return Writer(question, schema).counts();
}

}  // namespace cenote::query
