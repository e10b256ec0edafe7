// SPDX-License-Identifier: Apache-2.0
// Reading a task's manifest.yaml and checking it against the schema.
#include <filesystem>

#include "base/check.h"
#include "base/time.h"
#include "schema/yaml.h"
#include "task/task.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostEvaluationTimes = 1'000'000;
constexpr int64_t kMostRecommended = 10'000;

const std::vector<std::string> kFields{
    // RelBench's
    "name", "manifest_version", "kind", "task_type", "description", "entity_table", "entity_col",
    "target_col", "time_col", "timedelta", "num_eval_timestamps", "sql", "remove_columns",
    "src_entity_table", "src_entity_col", "dst_entity_table", "dst_entity_col", "eval_k", "metrics",
    "evaluator", "extra_files",
    // ours
    "metric", "val_timestamp", "test_timestamp"};

const std::vector<std::pair<std::string, TaskKind>> kKinds{{"forecast", TaskKind::forecast},
                                                           {"autocomplete", TaskKind::autocomplete},
                                                           {"external", TaskKind::external}};

// RelBench calls link prediction "recommendation" since its version 3.
const std::vector<std::pair<std::string, TaskType>> kTypes{
    {"binary_classification", TaskType::binary_classification},
    {"regression", TaskType::regression},
    {"multiclass_classification", TaskType::multiclass_classification},
    {"multilabel_classification", TaskType::multilabel_classification},
    {"link_prediction", TaskType::link_prediction},
    {"recommendation", TaskType::link_prediction}};

template <class Value>
Value choose(const YamlNode& node, const std::vector<std::pair<std::string, Value>>& choices) {
  const std::string text = node.text();
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names.push_back(name);
  }
  node.refuse("must be one of {}, got '{}'", join_names(names), text);
}

/// The fields of one manifest; a field that is null counts as left out.
class Fields {
 public:
  explicit Fields(const YamlNode& root) : root_(root) {}

  std::optional<YamlNode> find(const std::string& name) const {
    auto node = root_.find(name);
    if (node && node->is_null()) node.reset();
    return node;
  }
  std::string text(const std::string& name) const {
    const auto node = find(name);
    return node ? node->text() : "";
  }
  /// Errors    bad_input naming the field.
  YamlNode need(const std::string& name, std::string_view why) const {
    auto node = find(name);
    if (!node) root_.refuse("needs the field '{}': {}", name, why);
    if (node->is_scalar() && node->text().empty()) node->refuse("must not be empty");
    return *node;
  }
  std::optional<int64_t> time(const std::string& name) const {
    const auto node = find(name);
    if (!node) return std::nullopt;
    try {
      return parse_time(node->text());
    } catch (const Error& error) {
      node->refuse("{}", error.what());
    }
  }

 private:
  const YamlNode& root_;
};

// A misspelt field must not be passed over: without `remove_columns` a task leaks its answer. A field
// that resembles none is from a newer RelBench or a user's own note.
void check_fields(const YamlNode& root, const Hooks& hooks) {
  for (const std::string& field : root.unknown_keys(kFields)) {
    const auto near = nearest_names(field, kFields);
    if (!near.empty()) root.refuse("no field '{}'; did you mean '{}'?", field, near.front());
    hooks.warn("unknown_field",
               fmt::format("{} no field '{}'; it is ignored", root.where(), field));
  }
}

int64_t read_duration(const YamlNode& node) {
  int64_t micros = 0;
  try {
    micros = parse_duration(node.text());
  } catch (const Error& error) {
    node.refuse("{}", error.what());
  }
  if (micros <= 0) node.refuse("must be longer than nothing, got '{}'", node.text());
  return micros;
}

/// The table that a field names. Errors bad_schema.
const Table& named_table(const YamlNode& node, const Schema& schema) {
  const std::string name = node.text();
  CENOTE_CHECK(schema.find_table(name) >= 0, bad_schema, "{}: no table '{}'; {}", node.where(),
               name, choices_hint(name, schema.table_names()));
  return schema.table(name);
}

/// Checks that a table has a column. Errors bad_schema.
void need_column(const YamlNode& node, const Table& table, const std::string& column) {
  if (table.find_column(column) >= 0) return;
  std::vector<std::string> names;
  for (const Column& other : table.columns) names.push_back(other.name);
  fail(ErrorCode::bad_schema, "{}: table '{}' has no column '{}'; {}", node.where(), table.name,
       column, choices_hint(column, names));
}

void read_remove_columns(const Fields& fields, const Schema& schema, Task& task) {
  const auto list = fields.find("remove_columns");
  if (!list) return;
  for (const YamlNode& pair : list->items()) {
    const auto parts = pair.items();
    if (parts.size() != 2) pair.refuse("must be a pair [table, column]");
    const Table& table = named_table(parts[0], schema);
    const std::string column = parts[1].text();
    need_column(parts[1], table, column);
    task.remove_columns.emplace_back(table.name, column);
  }
}

void read_autocomplete(const Fields& fields, const Table& table, Task& task) {
  const YamlNode target = fields.need("target_col", "the column to predict");
  task.target_column = target.text();
  need_column(target, table, task.target_column);
  CENOTE_CHECK(!table.time_column.empty(), bad_schema,
               "{}: table '{}' has no time column, which autocomplete splits its rows by",
               target.where(), table.name);
  task.time_column = table.time_column;
  CENOTE_CHECK(task.target_column != task.time_column, bad_schema,
               "{}: '{}' is the time column of '{}' and cannot be predicted", target.where(),
               task.target_column, table.name);
  for (const std::string& key : table.primary_key) {
    CENOTE_CHECK(key != task.target_column, bad_schema,
                 "{}: '{}' is a key of '{}' and cannot be predicted", target.where(), key,
                 table.name);
  }
  if (task.type == TaskType::multilabel_classification) {
    target.refuse("autocomplete has no multilabel tasks; a column holds one value a row");
  }
  task.remove_columns.insert(task.remove_columns.begin(), {table.name, task.target_column});
}

/// Who is recommended what. A target_col beside dst_entity_col must say the same.
void read_links(const Fields& fields, const Schema& schema, Task& task) {
  task.entity_column =
      fields.need("src_entity_col", "the label column that names whom to recommend to").text();
  const YamlNode item = fields.need("dst_entity_col", "the label column that lists the items");
  task.target_column = item.text();
  if (const auto target = fields.find("target_col"); target && target->text() != item.text())
    target->refuse("must be dst_entity_col, '{}', or left out; got '{}'", item.text(),
                   target->text());
  const YamlNode dst = fields.need("dst_entity_table", "the table whose rows are recommended");
  const Table& items = named_table(dst, schema);
  CENOTE_CHECK(items.primary_key.size() == 1, bad_schema,
               "{}: '{}' needs a primary key of one column to be recommended by, it has {}",
               dst.where(), items.name,
               items.primary_key.empty() ? "none" : "(" + join_names(items.primary_key) + ")");
  task.item_table = items.name;
  const YamlNode k = fields.need("eval_k", "how many items are recommended");
  task.k = k.integer();
  if (task.k < 1 || task.k > kMostRecommended)
    k.refuse("must be in [1, {}], got {}", kMostRecommended, task.k);
}

void read_labels(const Fields& fields, const YamlNode& root, const Schema& schema,
                 const Table& table, Task& task) {
  CENOTE_CHECK(table.primary_key.size() == 1, bad_schema,
               "{} entity_table: '{}' needs a primary key of one column, it has {}", root.where(),
               table.name,
               table.primary_key.empty() ? "none" : "(" + join_names(table.primary_key) + ")");
  if (task.type == TaskType::link_prediction) {
    read_links(fields, schema, task);
  } else {
    task.entity_column = fields.need("entity_col", "the label column that names the entity").text();
    task.target_column = fields.need("target_col", "the label column to predict").text();
  }
  task.time_column = fields.need("time_col", "the label column that holds the time").text();
  task.sql = fields.text("sql");
  if (task.kind == TaskKind::forecast) {
    fields.need("sql", "a forecast is one SELECT over the tables and timestamps(timestamp)");
    task.horizon =
        read_duration(fields.need("timedelta", "how far ahead a label looks, \"30 days\""));
  } else if (const auto timedelta = fields.find("timedelta")) {
    task.horizon = read_duration(*timedelta);
  }
}

void read_times(const Fields& fields, const YamlNode& root, const Schema& schema, Task& task) {
  const auto val = fields.time("val_timestamp"), test = fields.time("test_timestamp");
  const auto missing = [&](const char* split) {
    fail(ErrorCode::bad_input, "{} neither the task nor the database's manifest has '{}_timestamp'",
         root.where(), split);
  };
  if (!val && !schema.val_timestamp) missing("val");
  if (!test && !schema.test_timestamp) missing("test");
  task.val_timestamp = val ? *val : *schema.val_timestamp;
  task.test_timestamp = test ? *test : *schema.test_timestamp;
  CENOTE_CHECK(task.val_timestamp < task.test_timestamp, bad_input,
               "{} val_timestamp {} must come before test_timestamp {}", root.where(),
               format_time(task.val_timestamp), format_time(task.test_timestamp));
}

Task read_task(const fs::path& file, const Snapshot& snapshot, const Hooks& hooks) {
  const YamlNode root = YamlNode::load(file);
  if (!root.is_map()) root.refuse("a task manifest is a map of fields");
  const Fields fields(root);
  const Schema& schema = snapshot.schema();
  Task task;
  task.folder = file.has_parent_path() ? file.parent_path().string() : ".";
  task.name = fields.text("name");
  if (task.name.empty()) task.name = fs::absolute(file).parent_path().filename().string();
  task.description = fields.text("description");
  if (const auto version = fields.find("manifest_version"); version && version->integer() != 1) {
    version->refuse("must be 1, got {}", version->integer());
  }
  task.kind = choose(fields.need("kind", "forecast, autocomplete or external"), kKinds);
  task.type = choose(fields.need("task_type", "what kind of value is predicted"), kTypes);
  const bool links = task.type == TaskType::link_prediction;
  if (links && task.kind == TaskKind::autocomplete)
    root.refuse("an autocomplete task predicts a column; links are of kind forecast or external");
  check_fields(root, hooks);
  const Table& table = named_table(
      links ? fields.need("src_entity_table", "the table whose rows are recommended something to")
            : fields.need("entity_table", "the table whose rows are asked about"),
      schema);
  task.entity_table = table.name;
  read_remove_columns(fields, schema, task);
  if (const auto count = fields.find("num_eval_timestamps")) {
    task.num_eval_timestamps = count->integer();
    if (task.num_eval_timestamps < 1 || task.num_eval_timestamps > kMostEvaluationTimes) {
      count->refuse("must be in [1, {}], got {}", kMostEvaluationTimes, task.num_eval_timestamps);
    }
  }
  if (task.kind == TaskKind::autocomplete) {
    read_autocomplete(fields, table, task);
  } else {
    read_labels(fields, root, schema, table, task);
  }
  task.metric = fields.text("metric");
  if (task.metric.empty()) task.metric = default_metric(task.type);
  read_times(fields, root, schema, task);
  return task;
}

std::vector<std::string> list_tasks(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    if (fs::is_regular_file(entry.path() / "manifest.yaml", ignored)) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string_view to_string(TaskKind kind) {
  for (const auto& [name, value] : kKinds) {
    if (value == kind) return name;
  }
  return "";
}

std::string_view to_string(TaskType type) {
  for (const auto& [name, value] : kTypes) {
    if (value == type) return name;
  }
  return "";
}

std::string default_metric(TaskType type) {
  switch (type) {
    case TaskType::binary_classification: return "auroc";
    case TaskType::regression: return "mae";
    case TaskType::multiclass_classification: return "accuracy";
    case TaskType::multilabel_classification: return "average_precision_micro";
    case TaskType::link_prediction: return "map_at_k";
  }
  return "";
}

std::vector<std::string> task_names(const Snapshot& snapshot) {
  return snapshot.folder().empty() ? std::vector<std::string>{}
                                   : list_tasks(snapshot.folder() / "tasks");
}

namespace {

/// Where the manifest of a task is, or nothing.
std::optional<fs::path> find_manifest(const std::string& name_or_path, const Snapshot& snapshot) {
  std::error_code error;
  if (name_or_path.find('/') == std::string::npos && !snapshot.folder().empty()) {
    const fs::path file = snapshot.folder() / "tasks" / name_or_path / "manifest.yaml";
    if (fs::exists(file, error)) return file;
  }
  const fs::path path(name_or_path);
  if (!fs::is_directory(path, error)) {
    if (fs::exists(path, error)) return path;
  } else if (fs::exists(path / "manifest.yaml", error)) {
    return path / "manifest.yaml";
  }
  return std::nullopt;
}

}  // namespace

Task load_task(const std::string& name_or_path, const Snapshot& snapshot, const Hooks& hooks) {
  CENOTE_CHECK(!name_or_path.empty(), bad_input, "no task given; have: {}",
               join_names(task_names(snapshot)));
  const auto file = find_manifest(name_or_path, snapshot);
  CENOTE_CHECK(file.has_value(), not_found,
               "no task '{}': neither a name in the dataset folder nor a path to a manifest; {}",
               name_or_path, choices_hint(name_or_path, task_names(snapshot)));
  return read_task(*file, snapshot, hooks);
}

std::string task_folder(const std::string& name_or_path, const Snapshot& snapshot) {
  if (name_or_path.empty()) return {};
  const auto file = find_manifest(name_or_path, snapshot);
  return file ? file->parent_path().string()
              : (snapshot.folder() / "tasks" / name_or_path).string();
}

}  // namespace cenote
