// SPDX-License-Identifier: Apache-2.0
#include "engine/f1_copies.h"

#include <fmt/format.h>

#include <cstring>

#include "cenote/error.h"
#include "engine/search.h"
#include "model/model.h"
#include "test_paths.h"

namespace cenote {

std::string f1_folder() { return std::string(CENOTE_SOURCE_DIR) + "/examples/f1"; }

const std::vector<std::string>& f1_tables() {
  static const std::vector<std::string> names{"circuits",
                                              "constructors",
                                              "drivers",
                                              "races",
                                              "results",
                                              "standings",
                                              "qualifying",
                                              "constructor_results",
                                              "constructor_standings"};
  return names;
}

const std::vector<std::string>& f1_timed_tables() {
  static const std::vector<std::string> names(f1_tables().begin() + 3, f1_tables().end());
  return names;
}

std::string f1_key(const std::string& table) {
  if (table == "standings") return "driverStandingsId";
  if (table == "constructor_results") return "constructorResultsId";
  if (table == "constructor_standings") return "constructorStandingsId";
  if (table == "qualifying") return "qualifyId";
  return table.substr(0, table.size() - 1) + "Id";
}

F1Copy::F1Copy() : duck_({}, {{"threads", "1"}}) {
  for (const auto& table : f1_tables()) {
    execute(
        fmt::format("CREATE TABLE {0} AS SELECT * FROM '{1}/db/{0}.parquet'", table, f1_folder()));
  }
}

std::vector<std::string> F1Copy::columns(const std::string& table) const {
  const auto described = duck_.query("SELECT column_name FROM (DESCRIBE " + table + ")");
  std::vector<std::string> names;
  for (int64_t i = 0; i < described.rows; ++i) names.emplace_back(described.columns[0].text(i));
  return names;
}

void F1Copy::write(const std::filesystem::path& folder) const {
  std::filesystem::create_directories(folder / "db");
  std::filesystem::copy(f1_folder() + "/manifest.yaml", folder / "manifest.yaml");
  std::filesystem::copy(f1_folder() + "/tasks", folder / "tasks",
                        std::filesystem::copy_options::recursive);
  for (const auto& table : f1_tables()) {
    execute(fmt::format("COPY {} TO '{}' (FORMAT parquet)", table,
                        (folder / "db" / table).string() + ".parquet"));
  }
}

std::string to_string(Change change) {
  switch (change) {
    case Change::remove: return "remove";
    case Change::shuffle: return "shuffle";
    case Change::overwrite: return "overwrite";
    case Change::insert: return "insert";
  }
  return "";
}

namespace {

/// Every column of the hidden rows in an order of its own: keys, times, references and values.
void shuffle(const F1Copy& copy, const std::string& table, const std::string& hidden) {
  std::string joined, names;
  int n = 0;
  for (const auto& column : copy.columns(table)) {
    joined += fmt::format("{}(SELECT {} FROM {} WHERE {} ORDER BY hash({}, {}))",
                          n == 0 ? "" : " POSITIONAL JOIN ", quote_identifier(column), table,
                          hidden, f1_key(table), n);
    names += (n++ == 0 ? "" : ", ") + quote_identifier(column);
  }
  copy.execute(fmt::format("CREATE TABLE shuffled AS SELECT {} FROM {}", names, joined));
  copy.execute(fmt::format("DELETE FROM {} WHERE {}", table, hidden));
  copy.execute(fmt::format("INSERT INTO {} SELECT {} FROM shuffled", table, names));
  copy.execute("DROP TABLE shuffled");
}

/// All values new: other keys, all references to one parent, other times that are hidden as well.
std::string new_values(const F1Copy& copy, const std::string& table, const std::string& after) {
  const auto types =
      copy.duck().query("SELECT column_name, column_type FROM (DESCRIBE " + table + ")");
  std::string values;
  for (int64_t i = 0; i < types.rows; ++i) {
    const std::string name(types.columns[0].text(i)), type(types.columns[1].text(i));
    std::string value = "NULL";
    if (name == "date") {
      value = fmt::format(
          "TIMESTAMP '{0}' + INTERVAL 1 MICROSECOND + INTERVAL (hash({1}) % 100 * (hash({1}, 1) % "
          "400)) HOUR",
          after, f1_key(table));
    } else if (name == f1_key(table)) {
      value = name + " + 1000000";
    } else if (type == "VARCHAR") {
      value = "'zzz ' || hash(" + f1_key(table) + ") % 7";
    } else if (name.ends_with("Id")) {
      value = fmt::format("1 + hash({}, 5) % 30", f1_key(table));
    } else if (type == "BIGINT" || type == "INTEGER" || type == "DOUBLE") {
      value = fmt::format("CAST(hash({}) % 100000 AS BIGINT) - 50000", f1_key(table));
    }
    values += fmt::format("{}CAST({} AS {}) AS {}", i == 0 ? "" : ", ", value, type,
                          quote_identifier(name));
  }
  return values;
}

}  // namespace

void change_rows(const F1Copy& copy, Change change, const std::string& after,
                 const std::vector<std::string>& tables) {
  const std::string hidden = fmt::format("date > TIMESTAMP '{}'", after);
  for (const auto& table : tables.empty() ? f1_timed_tables() : tables) {
    if (change == Change::shuffle) {
      shuffle(copy, table, hidden);
      continue;
    }
    if (change == Change::overwrite || change == Change::insert) {
      // Inserted rows are made of all rows, so there are many of them just after the moment.
      copy.execute(fmt::format("CREATE TABLE made AS SELECT {} FROM {} WHERE {}",
                               new_values(copy, table, after), table,
                               change == Change::overwrite ? hidden : "true"));
    }
    if (change != Change::insert)
      copy.execute(fmt::format("DELETE FROM {} WHERE {}", table, hidden));
    if (change == Change::remove) continue;
    copy.execute(fmt::format("INSERT INTO {} SELECT * FROM made", table));
    copy.execute("DROP TABLE made");
  }
}

TemporaryFolder changed_f1(Change change, const std::string& after,
                           const std::vector<std::string>& tables) {
  TemporaryFolder folder("cenote-f1");
  const F1Copy copy;
  change_rows(copy, change, after, tables);
  copy.write(folder.path());
  return folder;
}

Settings small(const std::string& model, int epochs) {
  if (model == "boost")
    return {{"candidates", "400"},
            {"features", "40"},
            {"rounds", "10"},
            {"search", "false"},
            {"bags", "1"}};
  if (model == "rerank") return {{"rounds", "20"}, {"bags", "1"}, {"candidates", "60"}};
  if (model_registry().at(model).make_network == nullptr) return {};
  return {{"epochs", std::to_string(epochs)},
          {"channels", "32"},
          {"blocks", "0"},
          {"fanout", "8,4"},
          {"max_steps", "6"}};
}

FitOptions fit_options(const std::string& source, const std::string& task, const std::string& model,
                       const std::filesystem::path& run, int epochs) {
  FitOptions options;
  options.source.source = source;
  options.task = task;
  options.model = model;
  options.set = small(model, epochs);
  options.threads = 2;
  options.out = run.string();
  if (model_registry().at(model).has_members()) {
    options.schedule = run.string() + ".schedule.json";
    std::vector<WorkItem> items;
    const bool links = task == "driver-circuit-compete";
    using Names = std::vector<std::string>;
    for (const std::string& member :
         links ? Names{"popularity", "rerank"} : Names{"constant", "boost", "sage"})
      items.push_back({member, small(member, epochs)});
    write_file_atomically(options.schedule, schedule_to_json(items).dump());
  }
  return options;
}

std::string model_bytes(const std::filesystem::path& run) {
  return read_file(run / "model.safetensors");
}

std::string fit_bytes(const FitOptions& options) {
  fit(options);
  return model_bytes(options.out);
}

PredictResult predict_at(const std::filesystem::path& run, const std::string& source,
                         const std::string& at, const std::vector<std::string>& entities) {
  PredictOptions options;
  options.run.run = run.string();
  options.run.source.source = source;
  options.run.threads = 2;
  options.at = at;
  options.entities = entities;
  return predict(options);
}

PredictResult predict_split(const std::filesystem::path& run, const std::string& source,
                            const std::string& split, int threads) {
  PredictOptions options;
  options.run.run = run.string();
  options.run.source.source = source;
  options.run.threads = threads;
  options.split = split;
  return predict(options);
}

bool same_predictions(const PredictResult& a, const PredictResult& b) {
  const auto same = [](const std::vector<double>& x, const std::vector<double>& y) {
    return x.size() == y.size() &&
           (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(double)) == 0);
  };
  return a.entity == b.entity && a.time == b.time && a.rank == b.rank && a.item == b.item &&
         same(a.prediction, b.prediction) && same(a.probabilities, b.probabilities);
}

}  // namespace cenote
