// SPDX-License-Identifier: Apache-2.0
// Schema and task as JSON, for model files. What is read is checked: a model file may come from anywhere.
#include "base/check.h"
#include "engine/model_file.h"

namespace cenote {
namespace {

using nlohmann::json;

constexpr int64_t kMostMonths = 12 * 1000;
constexpr int64_t kMostFrames = 10'000;
constexpr int64_t kMostRecommended = 10'000;

StorageType parse_storage(const std::string& text) {
  for (const auto type : {StorageType::int64, StorageType::float64, StorageType::utf8,
                          StorageType::boolean, StorageType::time}) {
    if (to_string(type) == text) return type;
  }
  fail(ErrorCode::bad_input, "model: unknown storage type '{}'", text);
}

template <class Enum>
Enum parse_enum(const std::string& text, std::initializer_list<Enum> values,
                std::string_view what) {
  for (const Enum value : values) {
    if (to_string(value) == text) return value;
  }
  fail(ErrorCode::bad_input, "model: unknown {} '{}'", what, text);
}

void check_named(const Table& table, const std::vector<std::string>& columns) {
  for (const auto& column : columns) {
    CENOTE_CHECK(table.find_column(column) >= 0, bad_input, "model: table '{}' has no column '{}'",
                 table.name, column);
  }
}

}  // namespace

json schema_to_json(const Schema& schema) {
  json tables = json::array(), links = json::array();
  for (const Table& table : schema.tables) {
    json columns = json::array();
    for (const Column& column : table.columns) {
      columns.push_back({{"name", column.name},
                         {"storage", to_string(column.storage)},
                         {"type", to_string(column.type)}});
    }
    tables.push_back({{"name", table.name},
                      {"columns", columns},
                      {"primary_key", table.primary_key},
                      {"time_column", table.time_column}});
    // Only of tables that have some, so that models of manifests keep their bytes.
    if (!table.time_links.empty()) tables.back()["time_links"] = table.time_links;
    if (!table.values_of.empty()) tables.back()["values_of"] = table.values_of;
  }
  for (const Link& link : schema.links) {
    links.push_back({{"from", link.from_table},
                     {"from_columns", link.from_columns},
                     {"to", link.to_table},
                     {"to_columns", link.to_columns}});
  }
  return {{"name", schema.name}, {"tables", tables}, {"links", links}};
}

Schema schema_from_json(const json& in) {
  Schema out;
  out.name = in.at("name").get<std::string>();
  for (const auto& item : in.at("tables")) {
    Table table;
    table.name = item.at("name").get<std::string>();
    for (const auto& entry : item.at("columns")) {
      Column column;
      column.name = entry.at("name").get<std::string>();
      column.storage = parse_storage(entry.at("storage").get<std::string>());
      column.type = parse_column_type(entry.at("type").get<std::string>());
      table.columns.push_back(std::move(column));
    }
    table.primary_key = item.at("primary_key").get<std::vector<std::string>>();
    table.time_column = item.at("time_column").get<std::string>();
    table.time_links = item.value("time_links", std::vector<std::string>());
    table.values_of = item.value("values_of", std::vector<std::string>());
    check_named(table, table.primary_key);
    if (!table.time_column.empty()) check_named(table, {table.time_column});
    CENOTE_CHECK(out.find_table(table.name) < 0, bad_input, "model: table '{}' is there twice",
                 table.name);
    out.tables.push_back(std::move(table));
  }
  for (const auto& item : in.at("links")) {
    Link link;
    link.from_table = item.at("from").get<std::string>();
    link.from_columns = item.at("from_columns").get<std::vector<std::string>>();
    link.to_table = item.at("to").get<std::string>();
    link.to_columns = item.at("to_columns").get<std::vector<std::string>>();
    CENOTE_CHECK(!link.from_columns.empty() && link.from_columns.size() == link.to_columns.size(),
                 bad_input, "model: link of '{}' to '{}' pairs {} columns with {}", link.from_table,
                 link.to_table, link.from_columns.size(), link.to_columns.size());
    check_named(out.table(link.from_table), link.from_columns);
    check_named(out.table(link.to_table), link.to_columns);
    out.links.push_back(std::move(link));
  }
  return out;
}

json task_to_json(const Task& task) {
  json removed = json::array();
  for (const auto& [table, column] : task.remove_columns) removed.push_back({table, column});
  json out{{"name", task.name},
           {"kind", to_string(task.kind)},
           {"type", to_string(task.type)},
           {"entity_table", task.entity_table},
           {"entity_column", task.entity_column},
           {"target_column", task.target_column},
           {"time_column", task.time_column},
           {"horizon", task.horizon},
           {"num_eval_timestamps", task.num_eval_timestamps},
           {"sql", task.sql},
           {"remove_columns", removed},
           {"metric", task.metric},
           {"val_timestamp", task.val_timestamp},
           {"test_timestamp", task.test_timestamp}};
  // Only of a question, so that models of manifests keep their bytes.
  if (task.horizon_months > 0) out["horizon_months"] = task.horizon_months;
  if (task.first_seed != INT64_MIN) out["first_seed"] = task.first_seed;
  if (task.frames > 1) {
    out["frames"] = task.frames;
    out["frame_column"] = task.frame_column;
    out["frame_length"] = task.frame_length;
    out["frame_months"] = task.frame_months;
  }
  if (!task.question.empty()) out["question"] = task.question;
  if (task.type == TaskType::link_prediction) {
    out["item_table"] = task.item_table;
    out["k"] = task.k;
  }
  return out;
}

Task task_from_json(const json& in) {
  Task out;
  out.name = in.at("name").get<std::string>();
  out.kind =
      parse_enum(in.at("kind").get<std::string>(),
                 {TaskKind::forecast, TaskKind::autocomplete, TaskKind::external}, "task kind");
  out.type = parse_enum(
      in.at("type").get<std::string>(),
      {TaskType::binary_classification, TaskType::regression, TaskType::multiclass_classification,
       TaskType::multilabel_classification, TaskType::link_prediction},
      "task type");
  out.entity_table = in.at("entity_table").get<std::string>();
  out.entity_column = in.at("entity_column").get<std::string>();
  out.target_column = in.at("target_column").get<std::string>();
  out.time_column = in.at("time_column").get<std::string>();
  out.horizon = in.at("horizon").get<int64_t>();
  out.horizon_months = in.value("horizon_months", int64_t{0});
  CENOTE_CHECK(out.horizon_months >= 0 && out.horizon_months <= kMostMonths, bad_input,
               "model: a horizon of {} months", out.horizon_months);
  out.first_seed = in.value("first_seed", out.first_seed);
  if (in.contains("frames")) {
    out.frames = in.at("frames").get<int64_t>();
    out.frame_column = in.at("frame_column").get<std::string>();
    out.frame_length = in.at("frame_length").get<int64_t>();
    out.frame_months = in.at("frame_months").get<int64_t>();
    CENOTE_CHECK(out.frames >= 1 && out.frames <= kMostFrames && out.frame_length >= 1 &&
                     out.frame_months >= 0 &&
                     out.frames <= std::max<int64_t>(1, out.horizon / out.frame_length) &&
                     out.frames * out.frame_months <= kMostMonths,
                 bad_input, "model: {} windows of {} within {}", out.frames, out.frame_length,
                 out.horizon);
  }
  out.question = in.value("question", std::string());
  out.num_eval_timestamps = in.at("num_eval_timestamps").get<int64_t>();
  out.sql = in.at("sql").get<std::string>();
  for (const auto& pair : in.at("remove_columns")) {
    out.remove_columns.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
  }
  if (out.type == TaskType::link_prediction) {
    out.item_table = in.at("item_table").get<std::string>();
    out.k = in.at("k").get<int64_t>();
    CENOTE_CHECK(out.k >= 1 && out.k <= kMostRecommended, bad_input,
                 "model: {} recommendations a seed", out.k);
  }
  out.metric = in.at("metric").get<std::string>();
  out.val_timestamp = in.at("val_timestamp").get<int64_t>();
  out.test_timestamp = in.at("test_timestamp").get<int64_t>();
  return out;
}

}  // namespace cenote
