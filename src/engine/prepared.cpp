// SPDX-License-Identifier: Apache-2.0
#include "engine/prepared.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "base/check.h"
#include "base/time.h"
#include "kernel/allocator.h"
#include "metric/detail/hits.h"

namespace cenote {
namespace {

class Phases {
 public:
  Phases(Prepared& prepared, const Hooks& hooks) : prepared_(prepared), hooks_(hooks) {}
  void begin(const std::string& phase) {
    end();
    if (hooks_.is_cancelled()) fail(ErrorCode::cancelled, "interrupted before '{}'", phase);
    phase_ = phase;
    start_ = std::chrono::steady_clock::now();
    Progress progress;
    progress.phase = phase;
    hooks_.report(progress);
  }
  void end() {
    if (phase_.empty()) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
    prepared_.seconds.emplace_back(phase_, took.count());
    phase_.clear();
  }

 private:
  Prepared& prepared_;
  const Hooks& hooks_;
  std::string phase_;
  std::chrono::steady_clock::time_point start_;
};

std::vector<std::string> removed_columns(const Task& task, const std::string& table) {
  std::vector<std::string> out;
  for (const auto& [removed_table, column] : task.remove_columns) {
    if (removed_table == table) out.push_back(column);
  }
  return out;
}

/// Rows of a table, in order of time, up to `last`: a prefix.
PagedVector<int64_t> rows_until(const StoredTable& table, int64_t last) {
  const auto end = std::upper_bound(table.time.begin(), table.time.end(), last);
  PagedVector<int64_t> rows(static_cast<size_t>(end - table.time.begin()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

/// Class indices of `labels` as those of the model; what the model does not know becomes -1.
void use_classes_of(const std::vector<std::string>& known, Labels& labels) {
  std::vector<double> index;
  for (const auto& name : labels.classes) {
    const auto at = std::find(known.begin(), known.end(), name);
    index.push_back(at == known.end() ? -1.0 : static_cast<double>(at - known.begin()));
  }
  for (LabelTable* table : {&labels.train, &labels.val, &labels.test}) {
    for (double& label : table->label) {
      if (label >= 0 && static_cast<size_t>(label) < index.size())
        label = index[static_cast<size_t>(label)];
    }
  }
  labels.classes = known;
}

int64_t latest_time(const Graph& graph) {
  int64_t latest = kTimeAlways;
  for (const StoredTable& table : graph.store.tables) {
    for (const int64_t time : table.time) {
      if (time != kTimeNever) latest = std::max(latest, time);
    }
  }
  return latest;
}

/// A link over a removed column would tell through the graph what the column may not.
void remove_links(const Task& task, Schema& schema) {
  std::erase_if(schema.links, [&](const Link& link) {
    const auto removed = removed_columns(task, link.from_table);
    return std::any_of(link.from_columns.begin(), link.from_columns.end(),
                       [&](const std::string& column) {
                         return std::find(removed.begin(), removed.end(), column) != removed.end();
                       });
  });
}

/// Codes are for networks; whatever else there is reads the columns.
bool reads_codes(const std::string& model) {
  const ModelEntry& entry = model_registry().at(model);
  return entry.make_network != nullptr || entry.has_members();
}

bool reads_codes(const ModelPart& part) {
  if (part.members.empty()) return reads_codes(part.model);
  return std::any_of(part.members.begin(), part.members.end(),
                     [](const ModelPart& member) { return reads_codes(member); });
}

/// The metric that decides must be one, and one for the task's type: said before any work is done.
void check_metric(const Task& task) {
  const MetricEntry& metric = metric_registry().at(task.metric);
  const std::string type(to_string(task.type));
  CENOTE_CHECK(std::find(metric.task_types.begin(), metric.task_types.end(), type) !=
                   metric.task_types.end(),
               bad_input, "task '{}': metric '{}' is not for {}; it is for {}", task.name,
               task.metric, type, join_names(metric.task_types));
}

Task choose_task(const TaskChoice& choice, Snapshot& snapshot, const Hooks& hooks) {
  if (choice.question.empty()) return load_task(choice.task, snapshot, hooks);
  const AskedTask asked = ask_task(choice.question, snapshot, choice.eval_times);
  check_trainable(asked);
  return asked.task;
}

/// Split times that were given win over the task's own, as over the database's.
void move_split(const SourceOptions& source, Task& task) {
  if (splits_by_key(task)) return;
  if (!source.val_timestamp.empty()) task.val_timestamp = parse_time(source.val_timestamp);
  if (!source.test_timestamp.empty()) task.test_timestamp = parse_time(source.test_timestamp);
  CENOTE_CHECK(task.val_timestamp < task.test_timestamp, bad_input,
               "task '{}': validation at {} must begin before the test at {}", task.name,
               format_time(task.val_timestamp), format_time(task.test_timestamp));
}

void make_split_seeds(Prepared& out, const Hooks& hooks) {
  const bool autocomplete = out.task.kind == TaskKind::autocomplete;
  const auto seeds = [&](const LabelTable& labels) {
    if (labels.size() == 0) {
      SeedTable none;
      none.width = labels.width;
      return none;
    }
    return make_seeds(labels, out.schema, out.graph, out.entity_table, out.visibility, autocomplete,
                      hooks);
  };
  out.train = seeds(out.labels.train);
  out.val = seeds(out.labels.val);
  out.test = seeds(out.labels.test);
  if (out.item_table < 0) return;
  for (auto [table, labels] :
       {std::pair(&out.train, &out.labels.train), std::pair(&out.val, &out.labels.val),
        std::pair(&out.test, &out.labels.test)}) {
    if (table->size() > 0) add_items(*labels, out.schema, out.graph, out.item_table, *table);
  }
}

void encode_tables(Prepared& out, ThreadPool& threads) {
  for (size_t t = 0; t < out.schema.tables.size(); ++t) {
    const Table& table = out.schema.tables[t];
    const TableEncoder& encoder = out.encoders[t];
    out.codes.push_back(out.coded
                            ? encoder.encode(table, out.graph.store.tables[t].columns, &threads)
                            : encoder.layout(table));
  }
}

/// Finds the tables that a task names in the schema. Errors bad_input for a model file's that are not there.
void find_tables(Prepared& out) {
  const auto find = [&](const std::string& name, const char* what) {
    const auto at = static_cast<int32_t>(out.schema.find_table(name));
    CENOTE_CHECK(at >= 0, bad_input, "model: its {} table '{}' is not in its schema", what, name);
    return at;
  };
  out.entity_table = find(out.task.entity_table, "entity");
  if (out.task.type == TaskType::link_prediction)
    out.item_table = find(out.task.item_table, "item");
}

/// What using a model needs of the snapshot: tables, joins, labels.
void read_for_use(Prepared& out, Phases& phases, Snapshot& snapshot, const ModelFile& model,
                  const std::string& task, Protocol protocol, const std::optional<std::string>& at,
                  ThreadPool& threads, const Hooks& hooks, bool past_labels) {
  phases.begin("open");
  snapshot.use_types(model.schema);
  check_schema_fits(model.schema, snapshot.schema());
  out.schema = model.schema;
  out.dataset = snapshot.schema().name;
  out.task = model.task;
  out.task.folder = task_folder(task.empty() ? model.task.name : task, snapshot);
  out.outputs = model.outputs;
  out.visibility = {protocol, model.as_of, out.task.test_timestamp};
  phases.begin("load");
  ColumnStore store = load_columns(snapshot, out.schema, out.task.remove_columns, threads, hooks);
  for (size_t t = 0; t < out.schema.tables.size(); ++t)
    out.schema.tables[t].rows = store.tables[t].rows;
  find_tables(out);
  phases.begin("graph");
  out.graph = build_graph(out.schema, std::move(store), threads);
  phases.begin("labels");
  if (at) {
    if (!at->empty()) {
      out.at = parse_time(*at);
    } else if (splits_by_key(out.task)) {
      out.at = std::max(out.task.test_timestamp, latest_time(out.graph));
    } else if (!asks_at_own_time(out.task)) {
      out.at = latest_time(out.graph);
      CENOTE_CHECK(out.at != kTimeAlways, bad_input,
                   "no table has a time, so there is no latest one: give --at TIME");
    }
    if (past_labels || model_registry().at(model.model).looks_back) {
      out.labels = make_history(out.task, snapshot, out.visibility.cut(out.at), hooks);
    }
  } else {
    out.labels = make_labels(out.task, snapshot, hooks);
  }
  if (out.task.type == TaskType::multiclass_classification)
    use_classes_of(model.classes, out.labels);
  if (out.task.type == TaskType::multilabel_classification && out.labels.train.size() > 0) {
    CENOTE_CHECK(out.labels.train.width == model.outputs, bad_input,
                 "task '{}': its labels have {} values, the model's had {}", out.task.name,
                 out.labels.train.width, model.outputs);
  }
}

void encode_for_use(Prepared& out, Phases& phases, const ModelFile& model, ThreadPool& threads,
                    const Hooks& hooks) {
  phases.begin("encode");
  for (size_t t = 0; t < out.schema.tables.size(); ++t)
    out.encoders.push_back(TableEncoder::load(model.encoders.at(t)));
  out.coded = reads_codes(model);
  encode_tables(out, threads);
  make_split_seeds(out, hooks);
  phases.end();
}

}  // namespace

History Prepared::history() const {
  History out;
  out.width = train.width;
  if (!has_history(task)) return out;
  for (const SeedTable* table : {&train, &val, &test}) {
    if (item_table >= 0) {
      for (int64_t i = 0; i < table->size(); ++i) {
        for (const int64_t item : table->items(i)) {
          out.row.push_back(table->seeds[i].row);
          out.time.push_back(table->seeds[i].time);
          out.label.push_back(static_cast<double>(item));
        }
      }
      continue;
    }
    for (const Seed& seed : table->seeds) {
      out.row.push_back(seed.row);
      out.time.push_back(seed.time);
    }
    out.label.insert(out.label.end(), table->label.begin(), table->label.end());
  }
  return out;
}

ModelContext Prepared::context(uint64_t seed) const {
  ModelContext context{graph, codes, entity_table, task.type, label_horizon(task), outputs, seed};
  context.schema = &schema;
  context.task = &task;
  context.last_training_time = labels.last_training_time;
  context.item_table = item_table;
  return context;
}

const SeedTable& Prepared::split(const std::string& name) const {
  if (name == "train") return train;
  if (name == "val") return val;
  CENOTE_CHECK(name == "test", bad_input, "split '{}' is not known; have: train, val, test", name);
  return test;
}

const LabelTable& Prepared::labels_of(const std::string& split) const {
  const SeedTable* seeds = &this->split(split);
  return seeds == &train ? labels.train : seeds == &val ? labels.val : labels.test;
}

std::unique_ptr<Prepared> prepare_training(const SourceOptions& source, const TaskChoice& task,
                                           Protocol protocol, AsOf as_of,
                                           const EntryOptions& encoder_options, ThreadPool& threads,
                                           const Hooks& hooks) {
  auto out = std::make_unique<Prepared>();
  Phases phases(*out, hooks);
  phases.begin("open");
  std::optional<Snapshot> opened = Snapshot::open(source, hooks);
  Snapshot& snapshot = *opened;
  out->task = choose_task(task, snapshot, hooks);
  move_split(source, out->task);
  check_metric(out->task);
  if (!task.model.empty()) check_answers(task.model, out->task);
  phases.begin("labels");
  if (!has_history(out->task))
    hooks.warn("no_history", fmt::format("task '{}' has no timedelta, so nothing tells when a "
                                         "label came to be known: no model looks back on labels",
                                         out->task.name));
  out->labels = make_labels(out->task, snapshot, hooks);
  const bool multiclass = out->task.type == TaskType::multiclass_classification;
  // Later classes have no output, or later rows would change the model.
  if (multiclass) out->labels.classes.resize(out->labels.training_classes);
  const bool links = out->task.type == TaskType::link_prediction;
  out->outputs = multiclass ? out->labels.training_classes
                 : links    ? out->task.k
                            : out->labels.train.width;
  phases.begin("load");
  snapshot.infer_types(out->labels.last_training_time);
  out->schema = snapshot.schema();
  remove_links(out->task, out->schema);
  out->dataset = out->schema.name;
  find_tables(*out);
  ColumnStore store = load_columns(snapshot, out->schema, out->task.remove_columns, threads, hooks);
  opened.reset();  // its memory and its files are of use to what follows
  phases.begin("graph");
  out->graph = build_graph(out->schema, std::move(store), threads);
  phases.begin("encode");
  const size_t tables = out->schema.tables.size();
  out->encoders.resize(tables);
  for (size_t t = 0; t < tables; ++t) {
    const Table& table = out->schema.tables[t];
    const StoredTable& stored = out->graph.store.tables[t];
    out->encoders[t] = TableEncoder::fit(
        table, stored.columns, removed_columns(out->task, table.name),
        rows_until(stored, out->labels.last_training_time), encoder_options, &threads);
  }
  out->coded = task.model.empty() || reads_codes(task.model);
  encode_tables(*out, threads);
  out->visibility = {protocol, as_of, out->task.test_timestamp};
  make_split_seeds(*out, hooks);
  phases.end();
  return out;
}

std::unique_ptr<Prepared> prepare_use(const SourceOptions& source, const ModelFile& model,
                                      const std::string& task, Protocol protocol,
                                      const std::optional<std::string>& at, ThreadPool& threads,
                                      const Hooks& hooks, bool past_labels) {
  const auto start = std::chrono::steady_clock::now();
  std::optional<Snapshot> snapshot = Snapshot::open(source, hooks);
  const std::chrono::duration<double> opening = std::chrono::steady_clock::now() - start;
  auto out = std::make_unique<Prepared>();
  Phases phases(*out, hooks);
  read_for_use(*out, phases, *snapshot, model, task, protocol, at, threads, hooks, past_labels);
  snapshot.reset();  // its memory and its files are of use to what follows
  encode_for_use(*out, phases, model, threads, hooks);
  out->seconds.front().second += opening.count();
  return out;
}

std::unique_ptr<Prepared> prepare_use(Snapshot& snapshot, const ModelFile& model,
                                      const std::string& task, Protocol protocol,
                                      const std::optional<std::string>& at, ThreadPool& threads,
                                      const Hooks& hooks, bool past_labels) {
  auto out = std::make_unique<Prepared>();
  Phases phases(*out, hooks);
  read_for_use(*out, phases, snapshot, model, task, protocol, at, threads, hooks, past_labels);
  encode_for_use(*out, phases, model, threads, hooks);
  return out;
}

std::vector<double> metric_predictions(const Prepared& prepared, const SeedTable& seeds,
                                       std::vector<double> prediction) {
  if (prepared.item_table < 0) return prediction;
  std::vector<double> hits;
  hits.reserve(prediction.size());
  for (int64_t i = 0; i < seeds.size(); ++i) {
    append_hits(std::span(prediction).subspan(i * prepared.outputs, prepared.outputs),
                seeds.items(i), hits);
  }
  return hits;
}

void check_answers(const std::string& model, const Task& task) {
  if (model_registry().at(model).answers(task.type)) return;
  std::vector<std::string> fitting;
  for (const auto& [name, entry] : model_registry()) {
    if (entry.answers(task.type)) fitting.push_back(name);
  }
  fail(ErrorCode::unsupported, "task '{}' is {}, which model '{}' does not answer; have: {}",
       task.name, to_string(task.type), model, join_names(fitting));
}

std::unique_ptr<ThreadPool> make_threads(int threads) {
  install_caching_allocator();
  at::set_num_threads(1);
  return std::make_unique<ThreadPool>(threads > 0 ? threads : available_threads(),
                                      [] { at::set_num_threads(1); });
}

}  // namespace cenote
