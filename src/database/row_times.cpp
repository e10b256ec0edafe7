// SPDX-License-Identifier: Apache-2.0
#include "database/row_times.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/lower.h"
#include "database/keys.h"
#include "schema/likeness.h"

namespace cenote {
namespace {

constexpr double kMostEarlier =
    0.5;  // of the rows that refer to a table's: more contradict its time
constexpr double kWrittenLater = 0.35;  // time_likeness of updated, modified, last
constexpr size_t kLongestChain = 3;     // links from a row with a time up to the one in question

using Chain = std::vector<const Link*>;  // from the last child up

/// Pairs of a row and one that refers to it, over a chain of links whose middle tables have no time.
struct Pairs {
  int64_t all = 0, earlier = 0;
  int64_t most = 0;  // of the earlier ones, those of one table:
  std::string child;
};

class Refuter {
 public:
  Refuter(const Schema& schema, const Stage& stage) : schema_(schema), stage_(stage) {}

  Pairs count(const Table& table) const {
    Pairs out;
    Chain chain;
    walk(table, table, chain, out);
    return out;
  }

 private:
  void walk(const Table& top, const Table& at, Chain& chain, Pairs& out) const {
    for (const Link& link : schema_.links) {
      if (link.to_table != at.name || link.from_table == top.name ||
          link.from_table == link.to_table)
        continue;
      const Table& child = schema_.table(link.from_table);
      chain.insert(chain.begin(), &link);
      if (!child.time_column.empty()) {
        add(top, child, chain, out);
      } else if (chain.size() < kLongestChain) {
        walk(top, child, chain, out);
      }
      chain.erase(chain.begin());
    }
  }

  void add(const Table& top, const Table& child, const Chain& chain, Pairs& out) const {
    std::string from = staged_name(child) + " AS t0";
    for (size_t i = 0; i < chain.size(); ++i) {
      from += fmt::format(" JOIN {} AS t{} ON {}", staged_name(schema_.table(chain[i]->to_table)),
                          i + 1,
                          equal_keys(*chain[i], fmt::format("t{}", i), fmt::format("t{}", i + 1)));
    }
    const QueryResult n = stage_.loader.query(fmt::format(
        "SELECT count(*), count(*) FILTER (CAST(t0.{0} AS DATE) < CAST(t{1}.{2} AS DATE)) FROM {3} "
        "WHERE t0.{0} IS NOT NULL AND t{1}.{2} IS NOT NULL",
        quote_identifier(child.time_column), chain.size(), quote_identifier(top.time_column),
        from));
    const int64_t earlier = n.columns[1].integers[0];
    out.all += n.columns[0].integers[0];
    out.earlier += earlier;
    if (earlier <= out.most) return;
    out.most = earlier;
    out.child = child.name;
  }

  const Schema& schema_;
  const Stage& stage_;
};

/// All times lie within one day, and there is more than one row.
bool is_one_day(const Table& table, const Stage& stage) {
  if (table.rows < 2) return false;
  const QueryResult n = stage.loader.query(fmt::format(
      "SELECT CAST(CAST(min({0}) AS DATE) = CAST(max({0}) AS DATE) AS BIGINT), count({0}) FROM {1}",
      quote_identifier(table.time_column), staged_name(table)));
  return n.columns[1].integers[0] > 0 && n.columns[0].integers[0] == 1;
}

void give_up(Table& table, const std::string& why, const Stage& stage) {
  Column& column = table.columns[static_cast<size_t>(table.find_column(table.time_column))];
  column.type = ColumnType::ignored;
  column.confidence = 0.8;
  column.reason =
      fmt::format("a time, but not when its rows became known ({}); it is not read", why);
  stage.warn("not_row_time", table.name, column.name,
             fmt::format("looks like the time of its rows, but {}: it is not used, and neither as "
                         "a column; `time_col` in a manifest decides otherwise",
                         why));
  table.time_column.clear();
}

void refute_times(Schema& schema, const Stage& stage) {
  std::set<std::string> warned;
  for (bool changed = true; changed;) {  // what is given up makes a longer chain for its parents
    changed = false;
    for (Table& table : schema.tables) {
      if (table.time_column.empty()) continue;
      const Column& column =
          table.columns[static_cast<size_t>(table.find_column(table.time_column))];
      if (column.evidence != Evidence::inferred) continue;
      const bool updated = time_likeness(column.name) <= kWrittenLater;
      const bool one_day = is_one_day(table, stage);
      if (updated && one_day) {
        give_up(table, "all its rows were last changed on one day", stage);
        changed = true;
        continue;
      }
      const Pairs pairs = Refuter(schema, stage).count(table);
      if (static_cast<double>(pairs.earlier) <= kMostEarlier * static_cast<double>(pairs.all))
        continue;
      const std::string why = fmt::format(
          "{:.3g} % of the rows that refer to them are earlier, those of {} among them",
          100 * static_cast<double>(pairs.earlier) / static_cast<double>(pairs.all), pairs.child);
      if (updated || one_day) {
        give_up(table, why, stage);
        changed = true;
      } else if (warned.insert(table.name).second) {
        stage.warn(
            "late_row_time", table.name, column.name,
            why + ": if these rows are known before this time, say `time_col` in a manifest");
      }
    }
  }
}

/// A name that the table does not have yet.
std::string free_name(const Table& table, std::string name) {
  const auto taken = [&] {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [&](const Column& c) { return to_lower(c.name) == to_lower(name); });
  };
  while (taken()) name += "_";
  return name;
}

/// Gives the table a time column: `values` is a query of (row, time).
void add_time(Table& table, const std::string& wanted, const std::string& values, Evidence evidence,
              double confidence, const std::string& reason, const Stage& stage) {
  const std::string name = free_name(table, wanted), c = quote_identifier(name);
  stage.loader.execute(
      fmt::format("ALTER TABLE {} ADD COLUMN {} TIMESTAMP", staged_name(table), c));
  stage.loader.execute(
      fmt::format("UPDATE {0} AS t SET {1} = v.time FROM ({2}) AS v(row, time) "
                  "WHERE t.rowid = v.row",
                  staged_name(table), c, values));
  Column column;
  column.name = name;
  column.storage = StorageType::time;
  column.type = ColumnType::timestamp;
  column.database_type = "TIMESTAMP";
  column.evidence = evidence;
  column.confidence = confidence;
  column.reason = reason;
  table.columns.push_back(std::move(column));
  table.time_column = name;
}

/// Links of `table` to rows with a time. Of a table of values there is none yet.
std::vector<const Link*> timed_parents(const Schema& schema, const Table& table) {
  std::vector<const Link*> out;
  for (const Link& link : schema.links) {
    if (link.from_table == table.name && link.to_table != table.name &&
        !schema.table(link.to_table).time_column.empty())
      out.push_back(&link);
  }
  return out;
}

bool has_timed_child(const Schema& schema, const Table& table) {
  return std::any_of(schema.links.begin(), schema.links.end(), [&](const Link& link) {
    const Table& child = schema.table(link.from_table);
    return link.to_table == table.name && !child.time_column.empty() && child.time_links.empty();
  });
}

std::string link_label(const Link& link) { return link.name().substr(link.from_table.size() + 1); }

/// Rule 2. False if fewer than half of the rows would have a time.
bool take_time(Table& table, const std::vector<const Link*>& links, const Schema& schema,
               Evidence evidence, const Stage& stage) {
  std::string from = staged_name(table) + " AS c", times, said;
  for (size_t i = 0; i < links.size(); ++i) {
    const Table& parent = schema.table(links[i]->to_table);
    const std::string alias = fmt::format("p{}", i);
    from += fmt::format(" LEFT JOIN {} AS {} ON {}", staged_name(parent), alias,
                        equal_keys(*links[i], "c", alias));
    times +=
        fmt::format("{}{}.{}", i == 0 ? "" : ", ", alias, quote_identifier(parent.time_column));
    said += fmt::format("{}{}.{}", i == 0 ? "" : ", ", parent.name, parent.time_column);
  }
  const std::string latest = links.size() == 1 ? times : fmt::format("greatest({})", times);
  const int64_t known = stage.loader.integer(fmt::format("SELECT count({}) FROM {}", latest, from));
  if (evidence == Evidence::inferred && known * 2 < table.rows) return false;
  for (const Link* link : links) table.time_links.push_back(link_label(*link));
  const std::string name =
      links.size() == 1 ? schema.table(links[0]->to_table).time_column : "known_since";
  const std::string reason = links.size() == 1
                                 ? "time column: that of the row it refers to, " + said
                                 : "time column: the latest of " + said;
  add_time(table, name, fmt::format("SELECT c.rowid, {} FROM {}", latest, from), evidence,
           evidence == Evidence::inferred ? 0.7 : 1, reason, stage);
  stage.warn("time_of_parent", table.name, "",
             fmt::format("has no time of its own: a row counts from {}{} on{}",
                         links.size() == 1 ? "" : "the latest of ", said,
                         known < table.rows
                             ? fmt::format("; {} without one are never seen", table.rows - known)
                             : ""));
  return true;
}

void take_declared(const SourceTable& declared, Schema& schema, const Stage& stage) {
  Table& table = schema.tables[static_cast<size_t>(schema.find_table(declared.name))];
  const std::vector<const Link*> timed = timed_parents(schema, table);
  std::vector<const Link*> links;
  std::vector<std::string> names;
  for (const Link* link : timed) names.push_back(link_label(*link));
  for (const std::string& wanted : declared.time_links) {
    const auto at = std::find(names.begin(), names.end(), wanted);
    CENOTE_CHECK(at != names.end(), bad_schema,
                 "table '{}': time_col: through '{}' leads to no table with a time; {}", table.name,
                 wanted, names.empty() ? "none of its links does" : choices_hint(wanted, names));
    links.push_back(timed[static_cast<size_t>(at - names.begin())]);
  }
  take_time(table, links, schema, declared.time_evidence, stage);
}

/// A table of `open` that rule 2 gives a time, before those that refer to it; null when there is none left.
Table* next_to_take(Schema& schema, const std::set<std::string>& open) {
  const auto may_take = [&](const Table& table) {
    return open.contains(table.name) && table.time_column.empty() &&
           !timed_parents(schema, table).empty() && !has_timed_child(schema, table);
  };
  Table* any = nullptr;  // of tables that refer to each other
  for (Table& table : schema.tables) {
    if (!may_take(table)) continue;
    any = any == nullptr ? &table : any;
    const bool waits = std::any_of(schema.links.begin(), schema.links.end(), [&](const Link& link) {
      return link.from_table == table.name && link.to_table != table.name &&
             may_take(schema.table(link.to_table));
    });
    if (!waits) return &table;
  }
  return any;
}

/// Rule 3, if every row that names a value has a time.
void count_from_first(Table& table, const Schema& schema, const Stage& stage) {
  std::string rows;
  const std::string key = quote_identifier(table.primary_key[0]);
  for (const Link& link : schema.links) {
    if (link.to_table != table.name) continue;
    const Table& child = schema.table(link.from_table);
    if (child.time_column.empty()) return;
    rows += fmt::format("{}SELECT {} AS k, {} AS t FROM {}", rows.empty() ? "" : " UNION ALL ",
                        quote_identifier(link.from_columns[0]), quote_identifier(child.time_column),
                        staged_name(child));
  }
  add_time(
      table, "first_seen",
      fmt::format("SELECT c.rowid, min(r.t) FROM {} AS c JOIN ({}) AS r ON r.k = c.{} GROUP BY "
                  "c.rowid",
                  staged_name(table), rows, key),
      Evidence::inferred, 1, "time column: the first row that names it", stage);
}

}  // namespace

void settle_row_times(const Source& source, Schema& schema, const Stage& stage) {
  refute_times(schema, stage);
  std::set<std::string> open;
  for (const SourceTable& declared : source.tables) {
    if (!declared.time_links.empty()) {
      take_declared(declared, schema, stage);
    } else if (!declared.time_column && declared.values_of.empty()) {
      open.insert(declared.name);
    }
  }
  // Lines of lines: a table waits for the tables that it refers to.
  for (Table* next = nullptr; (next = next_to_take(schema, open)) != nullptr;) {
    take_time(*next, timed_parents(schema, *next), schema, Evidence::inferred, stage);
    open.erase(next->name);
  }
  for (Table& table : schema.tables) {
    if (!table.values_of.empty() && table.time_column.empty())
      count_from_first(table, schema, stage);
  }
}

}  // namespace cenote
