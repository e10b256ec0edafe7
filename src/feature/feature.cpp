// SPDX-License-Identifier: Apache-2.0
#include "feature/feature.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/time.h"
#include "feature/names.h"

namespace cenote {

int32_t FeatureSpace::anchor_table(const Feature& feature) const {
  return end_table(graph, feature.anchor, entity_table);
}

int32_t FeatureSpace::row_table(const Feature& feature) const {
  return end_table(graph, feature.rows, anchor_table(feature));
}

const Column& FeatureSpace::column(int32_t row_table, const ColumnRef& ref) const {
  return schema.tables[end_table(graph, ref.up, row_table)].columns.at(ref.column);
}

bool is_time_ago(const Feature& feature) {
  if (feature.term.kind != TermKind::time && feature.term.kind != TermKind::timestamp) return false;
  return feature.pool == FeaturePool::value || feature.pool == FeaturePool::mean ||
         feature.pool == FeaturePool::min || feature.pool == FeaturePool::max ||
         feature.pool == FeaturePool::first || feature.pool == FeaturePool::last;
}

namespace {

constexpr int64_t kMostWindow = int64_t{1} << 60;  // times less two of them leave no range

nlohmann::json save_column(const FeatureSpace& space, int32_t row_table, const ColumnRef& ref) {
  return {{"through", relation_names(space.graph, ref.up)},
          {"column", space.column(row_table, ref).name}};
}

ColumnRef load_column(const FeatureSpace& space, int32_t row_table, const nlohmann::json& json) {
  ColumnRef out;
  out.up = path_of(space.graph, json.at("through").get<std::vector<std::string>>(), row_table);
  for (const int32_t relation : out.up)
    CENOTE_CHECK(relation % 2 == 1, bad_input,
                 "model: a feature's column is reached over a parent");
  const Table& table = space.schema.tables[end_table(space.graph, out.up, row_table)];
  const auto name = json.at("column").get<std::string>();
  out.column = static_cast<int32_t>(table.find_column(name));
  CENOTE_CHECK(out.column >= 0, bad_input, "model: table '{}' has no column '{}'", table.name,
               name);
  const StoredTable& stored = space.graph.store.tables[end_table(space.graph, out.up, row_table)];
  CENOTE_CHECK(stored.columns[out.column].size() == stored.rows, bad_input,
               "model: column '{}' of table '{}' is not used by this task", name, table.name);
  return out;
}

/// Does the column hold what the term reads?
void check_column(const FeatureSpace& space, int32_t row_table, const ColumnRef& ref, TermKind kind,
                  bool word) {
  const Column& column = space.column(row_table, ref);
  const bool text = column.storage == StorageType::utf8;
  const bool fits = kind == TermKind::number      ? !text
                    : kind == TermKind::timestamp ? column.storage == StorageType::time
                                                  : !word || text;
  CENOTE_CHECK(fits, bad_input, "model: column '{}' holds {}, which a feature cannot use",
               column.name, to_string(column.storage));
}

void check_feature(const FeatureSpace& space, const Feature& feature) {
  const bool rows = feature.source == FeatureSource::rows;
  const bool labels = is_of_labels(feature);
  bool fits = true;
  if (rows) {
    fits = (feature.pool == FeaturePool::value) == feature.rows.empty();
    fits &= feature.rows.empty() || is_reachable(feature.rows);
    fits &= feature.term.kind != TermKind::label;
  } else {
    const bool alike = feature.source == FeatureSource::alike_labels;
    fits = alike != feature.anchor.empty() && feature.rows.empty();
    if (labels)
      fits &= feature.pool != FeaturePool::value && feature.term.conditions.empty() &&
              feature.term.kind == TermKind::label;
  }
  const bool indicator = feature.term.kind == TermKind::indicator;
  fits &= indicator == !feature.term.conditions.empty() || feature.term.kind == TermKind::number;
  fits &= (feature.pool == FeaturePool::distinct) == (feature.term.kind == TermKind::distinct);
  fits &= feature.pool != FeaturePool::distinct || feature.window.kind == WindowKind::all;
  fits &= feature.window.kind == WindowKind::all ||
          (feature.window.size > 0 && feature.window.size < kMostWindow);
  fits &= feature.pool != FeaturePool::change || feature.window.kind == WindowKind::span;
  CENOTE_CHECK(fits, bad_input, "model: a feature that cannot be computed");
}

}  // namespace

nlohmann::json save_feature(const FeatureSpace& space, const Feature& feature) {
  const int32_t table = space.row_table(feature);
  const Term& term = feature.term;
  nlohmann::json json = {{"source", name_of(feature.source)},
                         {"anchor", relation_names(space.graph, feature.anchor)},
                         {"rows", relation_names(space.graph, feature.rows)},
                         {"term", name_of(term.kind)},
                         {"output", term.output},
                         {"conditions", nlohmann::json::array()},
                         {"pool", name_of(feature.pool)},
                         {"window", name_of(feature.window.kind)},
                         {"size", feature.window.size}};
  if (term.column.column >= 0) json["column"] = save_column(space, table, term.column);
  for (const Condition& condition : term.conditions) {
    nlohmann::json one = save_column(space, table, condition.column);
    one["value"] = condition.value;
    one["word"] = condition.word;
    json["conditions"].push_back(one);
  }
  return json;
}

Feature load_feature(const FeatureSpace& space, const nlohmann::json& json) {
  Feature out;
  try {
    out.source = source_named(json.at("source").get<std::string>());
    out.pool = pool_named(json.at("pool").get<std::string>());
    out.window.kind = window_named(json.at("window").get<std::string>());
    out.window.size = json.at("size").get<int64_t>();
    out.anchor =
        path_of(space.graph, json.at("anchor").get<std::vector<std::string>>(), space.entity_table);
    out.rows = path_of(space.graph, json.at("rows").get<std::vector<std::string>>(),
                       space.anchor_table(out));
    const int32_t table = space.row_table(out);
    out.term.kind = term_named(json.at("term").get<std::string>());
    out.term.output = json.at("output").get<int64_t>();
    const bool reads = out.term.kind == TermKind::number || out.term.kind == TermKind::timestamp ||
                       out.term.kind == TermKind::distinct;
    if (reads) {
      out.term.column = load_column(space, table, json.at("column"));
      check_column(space, table, out.term.column, out.term.kind, false);
    }
    for (const auto& one : json.at("conditions")) {
      Condition condition{load_column(space, table, one), one.at("value").get<std::string>(),
                          one.at("word").get<bool>()};
      check_column(space, table, condition.column, TermKind::indicator, condition.word);
      out.term.conditions.push_back(std::move(condition));
    }
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::bad_input, "model: a feature's description is damaged");
  }
  check_feature(space, out);
  return out;
}

}  // namespace cenote
