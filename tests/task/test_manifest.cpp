// SPDX-License-Identifier: Apache-2.0
// Task manifests: RelBench's fields and ours, and what is said of wrong ones.
#include <gmock/gmock.h>

#include "base/time.h"
#include "testing.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// A correct forecast, one field of which a test replaces or takes away.
std::string manifest(const std::string& field = "", const std::string& value = "") {
  std::string text;
  bool found = false;
  for (const auto& [name, standard] :
       std::vector<std::pair<std::string, std::string>>{{"name", "spot"},
                                                        {"kind", "forecast"},
                                                        {"task_type", "regression"},
                                                        {"entity_table", "customers"},
                                                        {"entity_col", "customer"},
                                                        {"target_col", "y"},
                                                        {"time_col", "at"},
                                                        {"timedelta", "30 days"},
                                                        {"sql", "SELECT 1"},
                                                        {"manifest_version", "1"}}) {
    found |= name == field;
    if (name == field && value.empty()) continue;
    text += name + ": " + (name == field ? value : standard) + "\n";
  }
  if (!found && !field.empty()) text += field + ": " + value + "\n";
  return text;
}

class Manifest : public testing::Test {
 protected:
  Manifest() : snapshot_(shop_.open()) {}

  Task load(const std::string& text) {
    shop_.add_task("spot", text);
    return load_task("spot", snapshot_, warnings_.hooks());
  }
  std::string refusal(const std::string& text) {
    std::string said = error_of([&] { load(text); });
    const std::string file = shop_.path() + "/tasks/spot/manifest.yaml";
    for (size_t at; (at = said.find(file)) != std::string::npos;)
      said.replace(at, file.size(), "FILE");
    return said;
  }

  Shop shop_;
  Snapshot snapshot_;
  Warnings warnings_;
};

TEST_F(Manifest, IsRead) {
  const Task task = load(manifest("description", "What next?"));
  EXPECT_EQ(task.name, "spot");
  EXPECT_EQ(task.description, "What next?");
  EXPECT_EQ(task.kind, TaskKind::forecast);
  EXPECT_EQ(task.type, TaskType::regression);
  EXPECT_EQ(task.entity_table, "customers");
  EXPECT_EQ(task.entity_column, "customer");
  EXPECT_EQ(task.target_column, "y");
  EXPECT_EQ(task.time_column, "at");
  EXPECT_EQ(task.horizon, 30 * kMicrosPerDay);
  EXPECT_EQ(task.num_eval_timestamps, 1);
  EXPECT_EQ(task.sql, "SELECT 1");
  EXPECT_EQ(task.metric, "mae");
  EXPECT_EQ(format_time(task.val_timestamp), "2020-09-01");
  EXPECT_EQ(format_time(task.test_timestamp), "2020-11-01");
  EXPECT_EQ(task.folder, shop_.path() + "/tasks/spot");
  EXPECT_TRUE(warnings_.seen.empty());
}

TEST_F(Manifest, MetricsFollowTheType) {
  EXPECT_EQ(load(manifest("task_type", "binary_classification")).metric, "auroc");
  EXPECT_EQ(load(manifest("task_type", "multiclass_classification")).metric, "accuracy");
  EXPECT_EQ(load(manifest("task_type", "multilabel_classification")).metric,
            "average_precision_micro");
  EXPECT_EQ(load(manifest("metric", "rmse")).metric, "rmse");
}

TEST_F(Manifest, NamesOfKindsAndTypesGoBothWays) {
  EXPECT_EQ(to_string(TaskKind::external), "external");
  EXPECT_EQ(to_string(TaskType::multilabel_classification), "multilabel_classification");
  EXPECT_EQ(to_string(TaskType::link_prediction), "link_prediction");
}

TEST_F(Manifest, TimesOfItsOwnWin) {
  const Task task =
      load(manifest("val_timestamp", "2020-08-01 06:00:00") + "test_timestamp: '2020-10-01'\n");
  EXPECT_EQ(format_time(task.val_timestamp), "2020-08-01 06:00:00");
  EXPECT_EQ(format_time(task.test_timestamp), "2020-10-01");
  EXPECT_EQ(refusal(manifest("val_timestamp", "2020-11-01")),
            "bad_input: FILE: val_timestamp 2020-11-01 must come before test_timestamp 2020-11-01");
  EXPECT_THAT(refusal(manifest("val_timestamp", "soon")),
              HasSubstr("bad_input: FILE: val_timestamp: "));
}

TEST_F(Manifest, TimesAreNeeded) {
  Shop untimed;
  untimed.write("manifest.yaml",
                "name: shop\ntables:\n  customers: {pkey: id, time_col: null, fkeys: {}}\n"
                "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
  untimed.add_task("spot", manifest());
  const Snapshot snapshot = untimed.open();
  EXPECT_THAT(error_of([&] { load_task("spot", snapshot); }),
              HasSubstr("neither the task nor the database's manifest has 'val_timestamp'"));
}

TEST_F(Manifest, AutocompleteKnowsItsColumns) {
  const Task task = load(
      "name: spot\nkind: autocomplete\ntask_type: multiclass_classification\n"
      "entity_table: orders\ntarget_col: kind\n"
      "remove_columns:\n- - customers\n  - name\n- [orders, amount]\nmanifest_version: 1\n");
  EXPECT_EQ(task.kind, TaskKind::autocomplete);
  EXPECT_EQ(task.entity_column, "");
  EXPECT_EQ(task.time_column, "at");
  EXPECT_EQ(task.horizon, 0);
  EXPECT_THAT(task.remove_columns, ElementsAre(Pair("orders", "kind"), Pair("customers", "name"),
                                               Pair("orders", "amount")));
}

TEST_F(Manifest, AutocompleteIsCheckedAgainstTheSchema) {
  const std::string start = "kind: autocomplete\ntask_type: regression\n";
  EXPECT_EQ(refusal(start + "entity_table: customers\ntarget_col: name\n"),
            "bad_schema: FILE: target_col: table 'customers' has no time column, which "
            "autocomplete splits its "
            "rows by");
  EXPECT_THAT(refusal(start + "entity_table: orders\ntarget_col: amuont\n"),
              HasSubstr("table 'orders' has no column 'amuont'; did you mean 'amount'?"));
  EXPECT_THAT(refusal(start + "entity_table: orders\ntarget_col: at\n"),
              HasSubstr("'at' is the time column"));
  EXPECT_THAT(refusal(start + "entity_table: orders\ntarget_col: order_id\n"),
              HasSubstr("'order_id' is a key"));
  const std::string remove = start + "entity_table: orders\ntarget_col: amount\nremove_columns: ";
  EXPECT_THAT(refusal(remove + "[[order, kind]]\n"),
              HasSubstr("no table 'order'; did you mean 'orders'?"));
  EXPECT_THAT(refusal(remove + "[[orders, sort]]\n"),
              HasSubstr("table 'orders' has no column 'sort'"));
  EXPECT_THAT(refusal(remove + "[[orders]]\n"), HasSubstr("must be a pair [table, column]"));
}

TEST_F(Manifest, FieldsThatAreMissingAreNamed) {
  for (const char* field : {"kind", "task_type", "entity_table", "entity_col", "target_col",
                            "time_col", "timedelta", "sql"}) {
    EXPECT_THAT(refusal(manifest(field, "")),
                HasSubstr(std::string("bad_input: FILE: needs the field '") + field))
        << field;
    EXPECT_THAT(refusal(manifest(field, "null")),
                HasSubstr(std::string("needs the field '") + field))
        << field;
  }
}

TEST_F(Manifest, FieldsThatAreWrongAreNamed) {
  EXPECT_EQ(refusal(manifest("kind", "sql")),
            "bad_input: FILE: kind: must be one of forecast, autocomplete, external, got 'sql'");
  EXPECT_THAT(refusal(manifest("task_type", "ranking")),
              HasSubstr("FILE: task_type: must be one of binary_"));
  EXPECT_EQ(refusal(manifest("entity_table", "customer")),
            "bad_schema: FILE: entity_table: no table 'customer'; did you mean 'customers'? have: "
            "customers, orders");
  EXPECT_THAT(refusal(manifest("timedelta", "1 month")), HasSubstr("bad_input: FILE: timedelta: "));
  EXPECT_THAT(refusal(manifest("timedelta", "0 days")),
              HasSubstr("FILE: timedelta: must be longer than nothing"));
  EXPECT_THAT(refusal(manifest("timedelta", "[1, 2]")), HasSubstr("bad_input: FILE: timedelta: "));
  EXPECT_EQ(refusal(manifest("num_eval_timestamps", "0")),
            "bad_input: FILE: num_eval_timestamps: must be in [1, 1000000], got 0");
  EXPECT_THAT(refusal(manifest("num_eval_timestamps", "many")),
              HasSubstr("FILE: num_eval_timestamps: must be a whole"));
  EXPECT_EQ(refusal(manifest("manifest_version", "2")),
            "bad_input: FILE: manifest_version: must be 1, got 2");
  EXPECT_THAT(refusal("- a\n- b\n"), HasSubstr("a task manifest is a map of fields"));
  EXPECT_THAT(refusal("name: [\n"), HasSubstr("bad_input: FILE"));
  EXPECT_THAT(refusal(""), HasSubstr("bad_input: FILE"));
}

TEST_F(Manifest, MisspeltFieldsAreRefusedAndForeignOnesNoted) {
  EXPECT_EQ(refusal(manifest("remove_column", "[]")),
            "bad_input: FILE: no field 'remove_column'; did you mean 'remove_columns'?");
  load(manifest("leaderboard", "true"));
  EXPECT_THAT(warnings_.of("unknown_field"), HasSubstr("no field 'leaderboard'; it is ignored"));
}

TEST_F(Manifest, EntityTablesNeedAKeyOfOneColumn) {
  Shop keyless;
  keyless.write("manifest.yaml",
                "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
                "  customers: {pkey: [id, name], time_col: null, fkeys: {}}\n"
                "  orders: {pkey: null, time_col: at, fkeys: {}}\n");
  keyless.add_task("spot", manifest());
  keyless.add_task("other", manifest("entity_table", "orders"));
  const Snapshot snapshot = keyless.open();
  EXPECT_THAT(error_of([&] { load_task("spot", snapshot); }),
              HasSubstr("'customers' needs a primary key of one column, it has (id, name)"));
  EXPECT_THAT(error_of([&] { load_task("other", snapshot); }),
              HasSubstr("'orders' needs a primary key of one column, it has none"));
}

TEST_F(Manifest, LinksNameWhoAndWhat) {
  const auto links = [](const std::string& type, const std::string& field,
                        const std::string& value) {
    std::string text = "name: spot\nkind: forecast\ntask_type: " + type + "\ntime_col: at\n" +
                       "timedelta: 30 days\nsql: SELECT 1\n";
    for (const auto& [name, usual] :
         std::vector<std::pair<std::string, std::string>>{{"src_entity_table", "customers"},
                                                          {"src_entity_col", "customer"},
                                                          {"dst_entity_table", "orders"},
                                                          {"dst_entity_col", "order_id"},
                                                          {"eval_k", "10"}}) {
      const std::string& chosen = name == field ? value : usual;
      if (!chosen.empty()) text += name + ": " + chosen + "\n";
    }
    return text;
  };
  for (const char* type : {"link_prediction", "recommendation"}) {
    shop_.add_task("spot", links(type, "", ""));
    const Task task = load_task("spot", snapshot_);
    EXPECT_EQ(task.type, TaskType::link_prediction);
    EXPECT_EQ(task.entity_table, "customers");
    EXPECT_EQ(task.entity_column, "customer");
    EXPECT_EQ(task.item_table, "orders");
    EXPECT_EQ(task.target_column, "order_id");
    EXPECT_EQ(task.k, 10);
    EXPECT_EQ(task.metric, "map_at_k");
  }
  const auto refused = [&](const std::string& field, const std::string& value) {
    return refusal(links("link_prediction", field, value));
  };
  EXPECT_THAT(refused("dst_entity_table", "ordres"),
              HasSubstr("no table 'ordres'; did you mean 'orders'?"));
  EXPECT_THAT(refused("dst_entity_table", ""), HasSubstr("needs the field 'dst_entity_table'"));
  EXPECT_THAT(refused("eval_k", ""), HasSubstr("needs the field 'eval_k'"));
  EXPECT_THAT(refused("eval_k", "0"), HasSubstr("must be in [1, 10000], got 0"));
  EXPECT_THAT(refused("eval_k", "10\ntarget_col: y"),
              HasSubstr("must be dst_entity_col, 'order_id', or left out; got 'y'"));
  EXPECT_THAT(refusal("name: spot\nkind: autocomplete\ntask_type: link_prediction\n"),
              HasSubstr("links are of kind forecast or external"));
}

TEST_F(Manifest, TasksAreFoundByNameAndByPath) {
  shop_.add_task("spot", manifest());
  EXPECT_EQ(load_task(shop_.path() + "/tasks/spot/manifest.yaml", snapshot_).name, "spot");
  EXPECT_EQ(load_task(shop_.path() + "/tasks/spot", snapshot_).name, "spot");
  shop_.write("elsewhere/churn/manifest.yaml", manifest("name", ""));
  EXPECT_EQ(load_task(shop_.path() + "/elsewhere/churn/manifest.yaml", snapshot_).name, "churn");
  EXPECT_EQ(error_of([&] { load_task("spt", snapshot_); }),
            "not_found: no task 'spt': neither a name in the dataset folder nor a path to a "
            "manifest; did you mean "
            "'spot'? have: spot");
  EXPECT_THAT(error_of([&] { load_task("../spot", snapshot_); }),
              HasSubstr("not_found: no task '../spot'"));
  EXPECT_THAT(error_of([&] { load_task("", snapshot_); }),
              HasSubstr("bad_input: no task given; have: spot"));
  EXPECT_THAT(error_of([&] { load_task("/dev/null", snapshot_); }), HasSubstr("/dev/null"));
}

TEST_F(Manifest, LargeFilesAreRefused) {
  EXPECT_THAT(refusal(manifest("description", std::string(9 << 20, 'x'))),
              HasSubstr("bad_input: "));
}

}  // namespace
}  // namespace cenote
