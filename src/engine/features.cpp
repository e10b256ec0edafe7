// SPDX-License-Identifier: Apache-2.0
#include "cenote/features.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/time.h"
#include "database/keys.h"
#include "database/snapshot.h"
#include "engine/run_folder.h"
#include "engine/trained.h"

namespace cenote {
namespace {

/// The links of a schema, over tables without rows.
Graph empty_graph(const Schema& schema) {
  Graph graph;
  for (const Table& table : schema.tables) {
    StoredTable stored;
    stored.name = table.name;
    stored.timed = !table.time_column.empty();
    stored.columns.resize(table.columns.size());
    graph.store.tables.push_back(std::move(stored));
  }
  for (const Link& link : schema.links) {
    GraphLink out;
    out.name = link.name();
    out.child_table = static_cast<int32_t>(schema.find_table(link.from_table));
    out.parent_table = static_cast<int32_t>(schema.find_table(link.to_table));
    graph.links.push_back(std::move(out));
  }
  return graph;
}

/// What a model has learned to look at, loaded from its part.
template <class Model>
std::vector<UsedFeature> used_features(const ModelPart& part, const Options& options,
                                       const ModelContext& context,
                                       std::unique_ptr<Model> (*make)(const Options&,
                                                                      const ModelContext&)) {
  const auto model = make(options, context);
  model->load(part.estimator);
  return model->used_features();
}

/// Adds the features of a part and its members, `weight` of it, to those of the same sentence.
void add_features(const ModelPart& part, const ModelContext& context, double weight,
                  std::map<std::string, RunFeature>& found) {
  for (size_t k = 0; k < part.members.size(); ++k)
    add_features(part.members[k], context, weight * part.weights[k], found);
  const ModelEntry& entry = model_registry().at(part.model);
  if (entry.make_estimator == nullptr && entry.make_ranker == nullptr) return;
  Options options(entry.info.options);
  for (const auto& [name, value] : part.model_options) options.set(part.model, name, value);
  auto used = entry.make_ranker != nullptr
                  ? used_features(part, options, context, entry.make_ranker)
                  : used_features(part, options, context, entry.make_estimator);
  for (UsedFeature& feature : used) {
    RunFeature& sum = found[feature.sentence];
    sum.share += weight * feature.share;
    sum.sql = std::move(feature.sql);
    sum.sentence = std::move(feature.sentence);
  }
}

/// Text that stays within the comment it is written into, whatever the database's names and values are.
std::string comment_text(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

/// A table as the source has it, with the time that its rows took from those that they refer to.
std::string with_parents_time(const Schema& schema, const Table& table) {
  std::string from = fmt::format("main.{} AS c", quote_identifier(table.name)), times;
  int parents = 0;
  for (const Link& link : schema.links) {
    const std::string label =
        link.name().substr(std::min(link.name().size(), table.name.size() + 1));
    if (link.from_table != table.name || std::find(table.time_links.begin(), table.time_links.end(),
                                                   label) == table.time_links.end())
      continue;
    const std::string parent = fmt::format("p{}", parents++);
    from += fmt::format(" LEFT JOIN {} AS {} ON {}", quote_identifier(link.to_table), parent,
                        equal_keys(link, "c", parent));
    times += fmt::format("{}{}.{}", times.empty() ? "" : ", ", parent,
                         quote_identifier(schema.table(link.to_table).time_column));
  }
  return fmt::format("SELECT c.*, {} AS {} FROM {}",
                     parents == 1 ? times : fmt::format("greatest({})", times),
                     quote_identifier(table.time_column), from);
}

/// A table that is not of the source: the values of columns, known from the first row that names each.
std::string of_values(const Schema& schema, const Table& table) {
  const std::string key = quote_identifier(table.primary_key.at(0));
  std::string rows;
  for (const Link& link : schema.links) {
    if (link.to_table != table.name) continue;
    rows += fmt::format("{}SELECT {} AS {}", rows.empty() ? "" : " UNION ALL ",
                        quote_identifier(link.from_columns.at(0)), key);
    if (!table.time_column.empty())
      rows += fmt::format(", {} AS t", quote_identifier(schema.table(link.from_table).time_column));
    rows += " FROM " + quote_identifier(link.from_table);
  }
  const std::string first =
      table.time_column.empty()
          ? ""
          : fmt::format(", min(t) AS {}", quote_identifier(table.time_column));
  return fmt::format("SELECT {0}{1} FROM ({2}) WHERE {0} IS NOT NULL GROUP BY {0}", key, first,
                     rows);
}

/// "name AS (SELECT ...),\n" of each table that Cenote made or added a time to, those that others need first.
std::string added_tables(const Schema& schema) {
  std::vector<const Table*> open;
  for (const Table& table : schema.tables)
    if (!table.time_links.empty() || !table.values_of.empty()) open.push_back(&table);
  const auto needs = [&](const Table& one, const Table& other) {
    return std::any_of(schema.links.begin(), schema.links.end(), [&](const Link& link) {
      return one.values_of.empty() ? link.from_table == one.name && link.to_table == other.name
                                   : link.to_table == one.name && link.from_table == other.name;
    });
  };
  std::string out;
  while (!open.empty()) {
    auto next = std::find_if(open.begin(), open.end(), [&](const Table* one) {
      return std::none_of(open.begin(), open.end(),
                          [&](const Table* other) { return other != one && needs(*one, *other); });
    });
    if (next == open.end()) next = open.begin();
    const Table& table = **next;
    out += fmt::format(
        "{} AS ({}),\n", quote_identifier(table.name),
        table.values_of.empty() ? with_parents_time(schema, table) : of_values(schema, table));
    open.erase(next);
  }
  return out;
}

/// One SELECT of all features, each under a comment that says what it is.
std::string query_of(const RunFeatures& run, const ModelFile& model) {
  const Table& entity = model.schema.table(model.task.entity_table);
  if (entity.primary_key.size() != 1) return "";
  std::string out = fmt::format(
      "-- What {} looks at for '{}': s holds the entities and when they are asked about; rows "
      "after cut are not known.\n"
      "WITH {}s AS (\n  SELECT {} AS entity, TIMESTAMP '{}' AS time, time AS cut FROM "
      "{}\n)\nSELECT "
      "s.entity",
      model.model, comment_text(model.task.name), added_tables(model.schema),
      quote_identifier(entity.primary_key[0]), format_time(model.task.test_timestamp),
      quote_identifier(entity.name));
  size_t number = 0;
  for (const RunFeature& feature : run.features) {
    out += fmt::format("\n  -- {:.1f} %: {}", 100 * feature.share, comment_text(feature.sentence));
    if (feature.sql.empty()) {
      out += " (no short SQL)";
    } else {
      out += fmt::format("\n  , {} AS f{}", feature.sql, ++number);
    }
  }
  return out + "\nFROM s\nORDER BY s.entity;\n";
}

}  // namespace

RunFeatures features(const std::string& run) {
  const ModelFile model = read_run_model(run);
  const Graph graph = empty_graph(model.schema);
  const auto entity_table = static_cast<int32_t>(model.schema.find_table(model.task.entity_table));
  CENOTE_CHECK(entity_table >= 0, bad_input, "model: its entity table '{}' is not in its schema",
               model.task.entity_table);
  const std::vector<TableCodes> no_codes(model.schema.tables.size());
  ModelContext context{
      graph,         no_codes,  entity_table, model.task.type, label_horizon(model.task),
      model.outputs, model.seed};
  context.schema = &model.schema;
  context.task = &model.task;
  context.last_training_time = model.last_training_time;
  if (model.task.type == TaskType::link_prediction) {
    context.item_table = static_cast<int32_t>(model.schema.find_table(model.task.item_table));
    CENOTE_CHECK(context.item_table >= 0, bad_input,
                 "model: its item table '{}' is not in its schema", model.task.item_table);
  }

  RunFeatures out;
  out.model = model.model;
  out.task = model.task.name;
  std::map<std::string, RunFeature> found;
  add_features(model, context, 1, found);
  double total = 0;
  for (const auto& [sentence, feature] : found) total += feature.share;
  for (auto& [sentence, feature] : found) {
    feature.share /= total;
    out.features.push_back(std::move(feature));
  }
  std::stable_sort(out.features.begin(), out.features.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  out.query = query_of(out, model);
  return out;
}

}  // namespace cenote
