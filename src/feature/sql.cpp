// SPDX-License-Identifier: Apache-2.0
// A feature as DuckDB SQL: what a reader can check it by.
#include <fmt/format.h>

#include "base/check.h"
#include "database/snapshot.h"
#include "feature/feature.h"

namespace cenote {
namespace {

std::string q(std::string_view name) { return quote_identifier(name); }

class Writer {
 public:
  explicit Writer(const FeatureSpace& space) : space_(space) {}

  /// The key of the row that the anchor leads to. REQUIRES links of one column.
  std::string anchor_key(const Path& anchor) const {
    std::string key = "s.entity";
    for (size_t i = 0; i < anchor.size(); ++i) {
      const Link& link = link_of(anchor[i]);
      if (anchor[i] % 2 == 0) {
        // The latest child; the step after it goes up from there.
        CENOTE_ASSERT(i + 1 < anchor.size() && anchor[i + 1] % 2 == 1);
        const Table& child = space_.schema.table(link.from_table);
        const std::string next = q(link_of(anchor[i + 1]).from_columns[0]);
        key = fmt::format("(SELECT a.{} FROM {} a WHERE a.{} = {}{} ORDER BY {} LIMIT 1)", next,
                          q(child.name), q(link.from_columns[0]), key, known(child, "a", " AND "),
                          order(child, "a", " DESC"));
        ++i;
        key = known_parent(link_of(anchor[i]), key);
      } else {
        const Table& child = space_.schema.table(link.from_table);
        key = fmt::format("(SELECT a.{} FROM {} a WHERE a.{} = {}{})", q(link.from_columns[0]),
                          q(child.name), q(key_of(anchor, i)), key, known(child, "a", " AND "));
        key = known_parent(link, key);
      }
    }
    return key;
  }

  std::string pooled(const Feature& feature) const {
    const int32_t row_table = space_.row_table(feature);
    const Table& rows = space_.schema.tables[row_table];
    const Link& last = link_of(feature.rows.back());
    std::string from = fmt::format("{} r", q(rows.name));
    std::string time = rows.time_column.empty() ? "" : "r." + q(rows.time_column);
    std::string owner = "r." + q(last.from_columns[0]);
    const auto join = [&](const Table& between, std::string_view alias, const std::string& column) {
      from +=
          fmt::format(" JOIN {} {} ON {} = {}.{}", q(between.name), alias, owner, alias, q(column));
      if (between.time_column.empty()) return;
      const std::string middle = fmt::format("{}.{}", alias, q(between.time_column));
      // A row without a time is never known, and greatest() passes over nulls.
      time = time.empty() ? middle
                          : fmt::format(
                                "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL "
                                "THEN greatest({0}, {1}) END",
                                time, middle);
    };
    if (feature.rows.size() > 1) {
      if (feature.rows.size() == 3) {
        const Link& up = link_of(feature.rows[1]);
        join(space_.schema.table(last.to_table), "p", last.to_columns[0]);
        owner = "p." + q(up.to_columns[0]);
        join(space_.schema.table(up.from_table), "m", up.from_columns[0]);
      } else {
        join(space_.schema.table(last.to_table), "m", last.to_columns[0]);
      }
      owner = "m." + q(link_of(feature.rows[0]).from_columns[0]);
    }
    std::string where = fmt::format("{} = {}", owner, anchor_key(feature.anchor));
    if (!time.empty()) where += fmt::format(" AND {} <= s.cut", time);
    const bool change = feature.pool == FeaturePool::change;
    if (feature.window.kind == WindowKind::span)
      where += fmt::format(" AND {} > s.cut - to_microseconds({})", time,
                           (change ? 2 : 1) * feature.window.size);
    const std::string by = (feature.rows.size() > 1 && !time.empty() ? time + " DESC, " : "") +
                           order(rows, "r", " DESC");
    const std::string day = time.empty() ? "NULL" : fmt::format("epoch_us({}) / 86400e6", time);
    std::string one = term(row_table, feature.term, time, "r");
    if (change)  // what came before the window counts against it
      one = fmt::format("CASE WHEN {} > s.cut - to_microseconds({}) THEN 1 ELSE -1 END * {}", time,
                        feature.window.size, one);
    std::string inner = fmt::format(
        "SELECT {} AS v, {} AS day, row_number() OVER (ORDER BY {}) AS n FROM {} WHERE {}", one,
        day, by, from, where);
    std::string filter;
    if (feature.window.kind == WindowKind::rows)
      filter = fmt::format(" WHERE n <= {}", feature.window.size);
    return fmt::format("(SELECT {} FROM ({}){})", aggregate(feature.pool), inner, filter);
  }

  std::string value(const Feature& feature) const {
    const int32_t table_id = space_.anchor_table(feature);
    const Table& table = space_.schema.tables[table_id];
    const std::string time = table.time_column.empty() ? "" : "r." + q(table.time_column);
    const std::string key = feature.anchor.empty() ? table.primary_key[0]
                                                   : link_of(feature.anchor.back()).to_columns[0];
    return fmt::format("(SELECT {} FROM {} r WHERE r.{} = {}{})",
                       term(table_id, feature.term, time, "r"), q(table.name), q(key),
                       anchor_key(feature.anchor), known(table, "r", " AND "));
  }

  /// Links of several columns, and rows without a key of one column, have no short SQL.
  bool can_write(const Feature& feature) const {
    bool simple = space_.schema.tables[space_.entity_table].primary_key.size() == 1;
    for (const Path* path : {&feature.anchor, &feature.rows, &feature.term.column.up}) {
      for (const int32_t relation : *path) simple &= link_of(relation).from_columns.size() == 1;
    }
    for (const Condition& condition : feature.term.conditions) {
      for (const int32_t relation : condition.column.up)
        simple &= link_of(relation).from_columns.size() == 1;
    }
    return simple;
  }

 private:
  /// The key of a parent, if it is known by then.
  std::string known_parent(const Link& link, const std::string& key) const {
    const Table& parent = space_.schema.table(link.to_table);
    if (parent.time_column.empty()) return key;
    return fmt::format("(SELECT p.{0} FROM {1} p WHERE p.{0} = {2}{3})", q(link.to_columns[0]),
                       q(parent.name), key, known(parent, "p", " AND "));
  }

  const Link& link_of(int32_t relation) const { return space_.schema.links[relation / 2]; }

  /// The column that names the row from which step `i` of an anchor goes up.
  const std::string& key_of(const Path& anchor, size_t i) const {
    return i == 0 ? space_.schema.tables[space_.entity_table].primary_key[0]
                  : link_of(anchor[i - 1]).to_columns[0];
  }

  static std::string known(const Table& table, std::string_view alias, std::string_view before) {
    if (table.time_column.empty()) return "";
    return fmt::format("{}{}.{} <= s.cut", before, alias, q(table.time_column));
  }

  /// The order of a table: by time, then by key; without a key by all columns.
  static std::string order(const Table& table, std::string_view alias, std::string_view way) {
    std::string out;
    const auto add = [&](const std::string& column) {
      if (!out.empty()) out += ", ";
      out += fmt::format("{}.{}{}", alias, q(column), way);
    };
    if (!table.time_column.empty()) add(table.time_column);
    for (const std::string& column : table.primary_key) add(column);
    if (table.primary_key.empty()) {
      for (const Column& column : table.columns) add(column.name);
    }
    return out;
  }

  /// A column of the row, or of its parent where that is not later than the row.
  std::string column(int32_t row_table, const ColumnRef& ref, const std::string& time,
                     std::string_view alias) const {
    std::string name = q(space_.column(row_table, ref).name);
    if (ref.up.empty()) return fmt::format("{}.{}", alias, name);
    const Link& link = link_of(ref.up[0]);
    const Table& parent = space_.schema.table(link.to_table);
    const Table& child = space_.schema.tables[row_table];
    const std::string own_time =
        child.time_column.empty() ? time : fmt::format("{}.{}", alias, q(child.time_column));
    std::string later;
    if (!parent.time_column.empty() && !own_time.empty())
      later = fmt::format(" AND p.{} <= {}", q(parent.time_column), own_time);
    else if (!parent.time_column.empty())
      later = " AND false";
    return fmt::format("(SELECT p.{} FROM {} p WHERE p.{} = {}.{}{})", name, q(parent.name),
                       q(link.to_columns[0]), alias, q(link.from_columns[0]), later);
  }

  std::string term(int32_t row_table, const Term& term, const std::string& time,
                   std::string_view alias) const {
    const std::string& timed = space_.schema.tables[row_table].time_column;
    const std::string at = timed.empty() ? "" : fmt::format("epoch_us({}.{})", alias, q(timed));
    if (at.empty() && (term.kind == TermKind::time || term.kind == TermKind::weekend ||
                       term.kind == TermKind::hour))
      return "NULL";
    switch (term.kind) {
      case TermKind::row: return "1";
      case TermKind::time: return at + " / 86400e6";
      case TermKind::weekend:
        return fmt::format("CAST(isodow({}.{}) >= 6 AS INTEGER)", alias, q(timed));
      case TermKind::hour:
        return fmt::format("({} % 86400000000 + 86400000000) % 86400000000 / 3600e6", at);
      case TermKind::timestamp:
        return fmt::format("epoch_us({}) / 86400e6", column(row_table, term.column, time, alias));
      case TermKind::number: {
        const std::string one =
            fmt::format("CAST({} AS DOUBLE)", column(row_table, term.column, time, alias));
        const std::string holds = conditions(row_table, term, time, alias);
        return fmt::format("CASE WHEN isfinite({0}){1} THEN {0} END", one,
                           holds.empty() ? "" : fmt::format(" AND {} = 1", holds));
      }
      case TermKind::distinct: return column(row_table, term.column, time, alias);
      case TermKind::indicator: break;
      case TermKind::label: fail(ErrorCode::internal, "labels have no SQL");
    }
    return conditions(row_table, term, time, alias);
  }

  /// 1 if all hold, 0 if not; "" where there are none.
  std::string conditions(int32_t row_table, const Term& term, const std::string& time,
                         std::string_view alias) const {
    std::string out;
    for (const Condition& condition : term.conditions) {
      if (!out.empty()) out += " * ";
      const std::string of = column(row_table, condition.column, time, alias);
      const std::string wanted = quote_literal(condition.value);
      out += condition.word ? fmt::format(
                                  "CAST(list_contains(regexp_extract_all(translate({}, "
                                  "'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), "
                                  "'[0-9a-z\\x{{80}}-\\x{{10FFFF}}]+'), {}) AS INTEGER)",
                                  of, wanted)
                            : fmt::format("CAST({} = {} AS INTEGER)", of, wanted);
    }
    return out;
  }

  static std::string_view aggregate(FeaturePool pool) {
    switch (pool) {
      case FeaturePool::count: return "count(v)";
      case FeaturePool::mean: return "avg(v)";
      case FeaturePool::sum:
      case FeaturePool::change: return "coalesce(sum(v), 0)";
      case FeaturePool::min: return "min(v)";
      case FeaturePool::max: return "max(v)";
      case FeaturePool::std: return "stddev_pop(v)";
      case FeaturePool::last: return "arg_min(v, n) FILTER (WHERE v IS NOT NULL)";
      case FeaturePool::first: return "arg_max(v, n) FILTER (WHERE v IS NOT NULL)";
      case FeaturePool::distinct: return "count(DISTINCT v)";
      case FeaturePool::slope: return "regr_slope(v, day)";
      case FeaturePool::value: break;
    }
    fail(ErrorCode::internal, "not a pool of rows");
  }

  const FeatureSpace& space_;
};

}  // namespace

std::string to_sql(const FeatureSpace& space, const Feature& feature) {
  switch (feature.source) {
    case FeatureSource::own_labels:
    case FeatureSource::alike_labels:
    case FeatureSource::all_labels: return "";
    case FeatureSource::month: return "month(s.time)";
    case FeatureSource::day_of_month: return "day(s.time)";
    case FeatureSource::weekday: return "isodow(s.time) - 1";
    case FeatureSource::hour: return "hour(s.time)";
    case FeatureSource::staleness: return "(epoch_us(s.time) - epoch_us(s.cut)) / 86400e6";
    case FeatureSource::rows: break;
  }
  const Writer writer(space);
  if (!writer.can_write(feature)) return "";
  const std::string sql =
      feature.pool == FeaturePool::value ? writer.value(feature) : writer.pooled(feature);
  return is_time_ago(feature) ? fmt::format("epoch_us(s.time) / 86400e6 - {}", sql) : sql;
}

}  // namespace cenote
